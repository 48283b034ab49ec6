"""Keras 3: keras3_callback (TensorBoard callback, embeddings_freq=1) and keras3_files (.keras, .weights.h5, .h5).

Made with Python 3.11, keras 3.15.1 on tensorflow-cpu 2.21.0, tensorboard 2.21.0: `python make_keras3_callback.py`.
The event files hold no embedding; they are deleted, since they carry the name of the machine.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
from expectation import WORDS, embedding, fresh_logdir, table, write_expected

MADE_BY = "keras 3.15.1, tensorflow 2.21.0, tensorboard 2.21.0"


def two_embeddings() -> keras.Model:
    """Users of 20 rows and items of 12, of different width; the scores are trained for one step per epoch."""
    keras.utils.set_random_seed(11)
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


def write_labels(path: str, cells: list[list[str]], header: list[str]) -> None:
    rows = [header, *cells] if header else cells
    Path(path).write_bytes("".join("\t".join(row) + "\n" for row in rows).encode())


def keras3_callback() -> None:
    name = "keras3_callback"
    users = [[f"user {number}"] for number in range(20)]
    items = [[word, str(len(word))] for word in WORDS[:12]]
    weights: dict[int, dict[str, np.ndarray]] = {}
    with contextlib.chdir(fresh_logdir(name)):
        model = two_embeddings()
        write_labels("users.tsv", users, [])
        write_labels("items.tsv", items, ["word", "letters"])
        board = keras.callbacks.TensorBoard(
            ".",
            embeddings_freq=1,
            embeddings_metadata={"user": "users.tsv", "item": "items.tsv"},
            write_graph=False,
        )
        keep = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: weights.update(
                {epoch: {layer: model.get_layer(layer).get_weights()[0] for layer in ("user", "item", "score")}}
            )
        )
        fit(model, 2, [board, keep])
    labels = {"user": table("users.tsv", ["label"], users), "item": table("items.tsv", ["word", "letters"], items)}
    datasets = {"user": "layers/embedding/vars/0", "item": "layers/embedding_1/vars/0"}
    embeddings = []
    for layer, dataset in datasets.items():
        by_step = {str(epoch): embedding(weights[epoch][layer], "", "", "")["sha256"] for epoch in weights}
        path = f"train/keras_embedding.ckpt-{max(weights)}.weights.h5"
        entry = embedding(
            weights[max(weights)][layer],
            dataset,
            "hdf5",
            path,
            title=layer,
            metadata=labels[layer],
            step=max(weights),
            steps=sorted(weights),
            sha256_by_step=by_step,
        )
        embeddings.append(entry)
    about = (
        "The config names layer_with_weights-0 for both layers, the values are HDF5 in train/; `tensor` is a dataset, "
        "`title` the layer's name; which labels belong to which layer follows from their numbers of rows, 20 and 12."
    )
    others = ["layers/dense/vars/0: kernel 10 x 3", "optimizer/vars/2 to 7: moments"]
    write_expected(name, MADE_BY, about, embeddings, others=others)


def keras3_files() -> None:
    name = "keras3_files"
    with contextlib.chdir(fresh_logdir(name)):
        model = two_embeddings()
        fit(model, 1, [])
        model.save_weights("plain.weights.h5")
        model.save("whole.keras")
        # The layout Keras 2 saved and Keras 3 still writes when asked for .h5.
        model.save("legacy.h5")
        values = {layer: model.get_layer(layer).get_weights()[0] for layer in ("user", "item")}
    datasets = {"user": "layers/embedding/vars/0", "item": "layers/embedding_1/vars/0"}
    embeddings = []
    for layer, dataset in datasets.items():
        for path, source, tensor in [
            ("plain.weights.h5", "hdf5", dataset),
            ("whole.keras", "keras", dataset),
            ("legacy.h5", "hdf5", f"model_weights/{layer}/{layer}/embeddings"),
        ]:
            embeddings.append(embedding(values[layer], tensor, source, path, title=layer, listed=False))
    about = "One model saved in three ways, no config: weights, a .keras archive (ZIP), and the legacy whole-model .h5."
    write_expected(name, MADE_BY, about, embeddings)


if __name__ == "__main__":
    keras3_callback()
    keras3_files()
