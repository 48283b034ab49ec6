"""Keras 2: keras2_callback (TensorBoard callback, embeddings_freq=1) and keras2_model (a model in a Checkpoint).

Made with Python 3.11, tf_keras 2.21.0 on tensorflow-cpu 2.21.0, tensorboard 2.21.0 (an environment of its own):
`python make_keras2_callback.py`. The event files hold no embedding; they are deleted, since they carry the name of the
machine.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_USE_LEGACY_KERAS"] = "1"

import numpy as np
import tensorflow as tf
import tf_keras as keras
from expectation import WORDS, embedding, fresh_logdir, table, write_expected

MADE_BY = "tf_keras 2.21.0, tensorflow 2.21.0, tensorboard 2.21.0"
VALUE = "/embeddings/.ATTRIBUTES/VARIABLE_VALUE"


def two_embeddings() -> keras.Model:
    keras.utils.set_random_seed(12)
    user, item = keras.Input((1,), name="user_id"), keras.Input((1,), name="item_id")
    user_vector = keras.layers.Embedding(20, 4, name="user")(user)
    item_vector = keras.layers.Embedding(12, 6, name="item")(item)
    both = keras.layers.Concatenate()([keras.layers.Flatten()(user_vector), keras.layers.Flatten()(item_vector)])
    model = keras.Model([user, item], keras.layers.Dense(3, name="score")(both))
    model.compile(optimizer="adam", loss="mse")
    return model


def fit(model: keras.Model, epochs: int, callbacks: list[Any]) -> None:
    users, items = np.arange(20)[:, None], (np.arange(20) % 12)[:, None]
    model.fit([users, items], np.ones((20, 3)), batch_size=20, epochs=epochs, verbose=0, callbacks=callbacks)


def write_labels(path: str, rows: list[list[str]]) -> None:
    Path(path).write_bytes("".join("\t".join(row) + "\n" for row in rows).encode())


def others_of(prefix: str, known: set[str]) -> list[str]:
    """Every other tensor of a checkpoint."""
    return sorted(f"{key}: {shape}" for key, shape in tf.train.list_variables(prefix) if key not in known)


def keras2_callback() -> None:
    name = "keras2_callback"
    users = [[f"user {number}"] for number in range(20)]
    items = [[word, str(len(word))] for word in WORDS[:12]]
    weights: dict[int, dict[str, np.ndarray]] = {}
    with contextlib.chdir(fresh_logdir(name)):
        model = two_embeddings()
        write_labels("users.tsv", users)
        write_labels("items.tsv", [["word", "letters"], *items])
        board = keras.callbacks.TensorBoard(
            ".",
            embeddings_freq=1,
            embeddings_metadata={"user": "users.tsv", "item": "items.tsv"},
            write_graph=False,
        )
        keep = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: weights.update(
                {epoch: {layer: model.get_layer(layer).get_weights()[0] for layer in ("user", "item")}}
            )
        )
        fit(model, 2, [board, keep])
        keys = {"user": f"layer_with_weights-0{VALUE}", "item": f"layer_with_weights-1{VALUE}"}
        others = others_of("train/keras_embedding.ckpt-1", set(keys.values()))
    labels = {"user": table("users.tsv", ["label"], users), "item": table("items.tsv", ["word", "letters"], items)}
    embeddings = []
    for layer, key in keys.items():
        by_step = {str(epoch): embedding(weights[epoch][layer], "", "", "")["sha256"] for epoch in weights}
        entry = embedding(
            weights[1][layer],
            key,
            "checkpoint",
            "train/keras_embedding.ckpt-1",
            title=f"{layer}/embeddings",
            metadata=labels[layer],
            step=1,
            steps=[0, 1],
            sha256_by_step=by_step,
        )
        embeddings.append(entry)
    about = (
        "Config above, checkpoints in train/; both entries of the config name layer_with_weights-0, the item layer is "
        "layer_with_weights-1. Which labels belong to which layer follows from their numbers of rows, 20 and 12."
    )
    write_expected(name, MADE_BY, about, embeddings, others=others)


def keras2_model() -> None:
    name = "keras2_model"
    with contextlib.chdir(fresh_logdir(name)):
        model = two_embeddings()
        fit(model, 1, [])
        tf.train.Checkpoint(model=model).save("model.ckpt")
        keys = {"user": f"model/layer_with_weights-0{VALUE}", "item": f"model/layer_with_weights-1{VALUE}"}
        others = others_of("model.ckpt-1", set(keys.values()))
    embeddings = [
        embedding(
            model.get_layer(layer).get_weights()[0],
            key,
            "checkpoint",
            "model.ckpt-1",
            title=f"{layer}/embeddings",
            step=1,
            steps=[1],
            listed=False,
        )
        for layer, key in keys.items()
    ]
    about = "A Keras 2 model through tf.train.Checkpoint, no config; the moments have the shape of the embeddings."
    write_expected(name, MADE_BY, about, embeddings, others=others)


if __name__ == "__main__":
    keras2_callback()
    keras2_model()
