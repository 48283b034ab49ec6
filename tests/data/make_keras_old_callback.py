"""The TensorBoard callback of Keras 2.2 and TensorFlow 1, which saved layer outputs: keras_old_callback.

Made with Python 3.11, tf_keras 2.21.0 (its callbacks_v1, graph mode) on tensorflow-cpu 2.21.0, tensorboard 2.21.0:
`python make_keras_old_callback.py`. The event files hold no embedding; they are deleted, since they carry the name of
the machine, and so are the graphs (.meta), which are large.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_USE_LEGACY_KERAS"] = "1"

import numpy as np
import tensorflow as tf
import tf_keras as keras
from expectation import WORDS, embedding, fresh_logdir, write_expected
from tf_keras.src.callbacks_v1 import TensorBoard

MADE_BY = "tf_keras 2.21.0 (callbacks_v1), tensorflow 2.21.0, tensorboard 2.21.0"


def initialize(name: str) -> None:
    variables = [each for each in tf.compat.v1.global_variables() if each.op.name == name]
    tf.compat.v1.keras.backend.get_session().run(tf.compat.v1.variables_initializer(variables))


def main() -> None:
    """A vocabulary of 30 words, 8 samples of 5 words, 4 dimensions: rows of 5 x 4 values."""
    name = "keras_old_callback"
    tf.compat.v1.disable_v2_behavior()
    keras.utils.set_random_seed(13)
    samples = np.random.default_rng(13).integers(0, 30, size=(8, 5))
    model = keras.Sequential(
        [
            keras.layers.Embedding(30, 4, input_length=5, name="words"),
            keras.layers.Flatten(),
            keras.layers.Dense(1, name="score"),
        ]
    )
    model.compile(optimizer="adam", loss="mse")
    with contextlib.chdir(fresh_logdir(name)):
        Path("metadata.tsv").write_text("".join(word + "\n" for word in WORDS[:30]))
        board = TensorBoard(
            ".",
            embeddings_freq=1,
            embeddings_data=samples,
            embeddings_metadata="metadata.tsv",
            write_graph=False,
            profile_batch=0,
        )
        # tf_keras no longer initializes the variable that the callback makes.
        start = keras.callbacks.LambdaCallback(on_train_begin=lambda logs: initialize("words_embedding"))
        model.fit(samples, np.ones((8, 1)), batch_size=4, epochs=2, verbose=0, callbacks=[board, start])
        model.save_weights("weights.h5")
        for graph in Path().glob("*.meta"):
            graph.unlink()
    weights = model.get_layer("words").get_weights()[0]
    outputs = weights[samples].reshape(8, 20)
    step = {"step": 1, "steps": [0, 1]}
    embeddings = [
        embedding(outputs, "words_embedding", "checkpoint", "keras_embedding.ckpt-1", role="other", **step),
        embedding(weights, "words/words/embeddings", "hdf5", "weights.h5", title="words", listed=False),
    ]
    about = (
        "Each row of words_embedding is the layer's output for one sample of 5 words (5 x 4 values); the 30 labels are "
        "for the 30 words of the vocabulary and fit the weights in weights.h5, not these 8 rows."
    )
    write_expected(name, MADE_BY, about, embeddings, wanted="warn", say=["30", "8"])


if __name__ == "__main__":
    main()
