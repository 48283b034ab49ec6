"""TensorFlow 1 style Savers: tf1_saver, tf1_moved, tf1_sharded, tf1_partitioned, v1_plain, v1_sharded, v1_partitioned.

Made with Python 3.11, tensorflow-cpu 2.21.0 through tf.compat.v1 in graph mode: `python make_tf1_savers.py`.
Configs are by hand in the style of the 2017 documentation. Prefixes are relative, so that no state file names a path of
the machine; `tf1_moved` gets the path of a training machine that never was.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow.compat.v1 as tf
from expectation import WORDS, embedding, fresh_logdir, seeded, table, write_expected

tf.disable_eager_execution()
MADE_BY = f"tensorflow {tf.__version__} through tf.compat.v1"
CONFIG_2017 = """\
# Written by hand, as the documentation of 2017 had it.
embeddings {
  tensor_name: 'word_embedding:0'
  metadata_path: 'metadata.tsv'
}
"""


@contextlib.contextmanager
def graph_in(name: str, devices: int = 1) -> Iterator[tf.Session]:
    """A session of an own graph with `devices` logical CPUs, the working folder being the fixture's logdir."""
    config = tf.ConfigProto(device_count={"CPU": devices})
    with contextlib.chdir(fresh_logdir(name)), tf.Graph().as_default(), tf.Session(config=config) as session:
        tf.set_random_seed(7)
        yield session


def write_words(rows: int) -> dict[str, object]:
    """`metadata.tsv` of two columns with a header; returns what is to be found in it."""
    cells = [[word, str(1000 - 7 * row)] for row, word in enumerate(WORDS[:rows])]
    lines = ["Word\tFrequency", *("\t".join(row) for row in cells)]
    Path("metadata.tsv").write_bytes(("\n".join(lines) + "\n").encode())
    return table("metadata.tsv", ["Word", "Frequency"], cells)


def save(session: tf.Session, prefix: str, **options: object) -> None:
    tf.train.Saver(**options).save(
        session, prefix[0 : prefix.rindex("-")], int(prefix.split("-")[-1]), write_meta_graph=False
    )


def tf1_saver() -> None:
    """Two global steps; the slots of two optimizers have the shape of the embedding."""
    name = "tf1_saver"
    with graph_in(name) as session:
        variable = tf.get_variable("word_embedding", initializer=seeded(10, 30, 5))
        bias = tf.get_variable("bias", initializer=np.zeros(5, np.float32))
        loss = tf.reduce_sum(tf.square(tf.nn.embedding_lookup(variable, [1, 2, 3]) + bias))
        train = [
            tf.train.AdagradOptimizer(0.1).minimize(loss, var_list=[variable]),
            tf.train.AdamOptimizer(0.1).minimize(loss, var_list=[variable]),
        ]
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver()
        by_step = {}
        for step in (1000, 2000):
            # One after the other: both change the embedding.
            for optimize in train:
                session.run(optimize)
            saver.save(session, "./model.ckpt", step, write_meta_graph=step == 2000)
            by_step[step] = {each.op.name: session.run(each) for each in tf.global_variables() if len(each.shape) == 2}
        labels = write_words(30)
        Path("projector_config.pbtxt").write_text(CONFIG_2017)
    embeddings = []
    for tensor, values in sorted(by_step[2000].items()):
        listed = tensor == "word_embedding"
        entry = embedding(values, tensor, "checkpoint", "model.ckpt-2000", step=2000, steps=[1000, 2000], listed=listed)
        earlier = embedding(by_step[1000][tensor], tensor, "checkpoint", "model.ckpt-1000")
        entry["sha256_by_step"] = {"1000": earlier["sha256"], "2000": entry["sha256"]}
        embeddings.append(entry | ({"metadata": labels} if listed else {"role": "slot"}))
    about = "Saver at two steps with Adagrad and Adam slots, one .meta file, a config with single quotes and `:0`."
    others = ["bias: 1-D, 5 values", "beta1_power: scalar", "beta2_power: scalar"]
    write_expected(name, MADE_BY, about, embeddings, others=others)


def sharded(name: str, step: int, **options: object) -> None:
    """Three logical devices, hence three data files; the state file of V1 shards holds a glob."""
    arrays = {"word_embedding": seeded(20, 24, 4), "second": seeded(21, 10, 3), "third": seeded(22, 8, 6)}
    with graph_in(name, devices=3) as session:
        for device, (tensor, values) in enumerate(arrays.items()):
            with tf.device(f"/cpu:{device}"):
                tf.get_variable(tensor, initializer=values)
        session.run(tf.global_variables_initializer())
        save(session, f"./model.ckpt-{step}", sharded=True, **options)
        labels = write_words(24)
        Path("projector_config.pbtxt").write_text(CONFIG_2017)
    embeddings = []
    for tensor, values in arrays.items():
        entry = embedding(values, tensor, "checkpoint", f"model.ckpt-{step}", step=step, steps=[step], listed=False)
        embeddings.append(entry | ({"listed": True, "metadata": labels} if tensor == "word_embedding" else {}))
    about = f"Saver(sharded=True) over three devices{', V1 format' if options else ''}."
    write_expected(name, MADE_BY, about, embeddings)


def partitioned(name: str, step: int, **options: object) -> None:
    """Parts by rows (uneven), by rows past 63 (two-byte numbers in the slice keys) and by columns."""
    arrays = {"word_embedding": seeded(30, 30, 4), "long": seeded(31, 250, 2), "wide": seeded(32, 6, 24)}
    parts = {"word_embedding": (4, 0), "long": (4, 0), "wide": (3, 1)}
    with graph_in(name) as session:
        for tensor, values in arrays.items():
            count, axis = parts[tensor]
            # An initializer per part, cut from the whole, since each part asks for its own.
            partitioner = tf.fixed_size_partitioner(count, axis=axis)
            tf.get_variable(tensor, shape=values.shape, initializer=part_of(values), partitioner=partitioner)
        session.run(tf.global_variables_initializer())
        save(session, f"./model.ckpt-{step}", **options)
        labels = write_words(30)
        Path("projector_config.pbtxt").write_text(CONFIG_2017)
    embeddings = []
    for tensor, values in arrays.items():
        entry = embedding(values, tensor, "checkpoint", f"model.ckpt-{step}", step=step, steps=[step], listed=False)
        embeddings.append(entry | ({"listed": True, "metadata": labels} if tensor == "word_embedding" else {}))
    about = (
        f"Partitioned variables: 30 rows in 4 parts, 250 rows in 4, 24 columns in 3{', V1 format' if options else ''}."
    )
    write_expected(name, MADE_BY, about, embeddings)


def part_of(whole: np.ndarray) -> Callable[..., tf.Tensor]:
    def initialize(shape: object, dtype: object = None, partition_info: object = None) -> tf.Tensor:
        rows, columns = partition_info.var_offset
        return tf.constant(whole[rows : rows + shape[0], columns : columns + shape[1]])

    return initialize


def tf1_moved() -> None:
    """The state file names the absolute path of the machine that trained, as a Saver given one writes it."""
    name = "tf1_moved"
    values = seeded(40, 16, 3)
    with graph_in(name) as session:
        tf.get_variable("word_embedding", initializer=values)
        session.run(tf.global_variables_initializer())
        save(session, "./model.ckpt-500")
        labels = write_words(16)
        Path("projector_config.pbtxt").write_text(
            'model_checkpoint_path: "/home/trainer/run7/model.ckpt-500"\n'
            "embeddings {\n"
            "  tensor_name: 'word_embedding'\n"
            "  metadata_path: '/home/trainer/run7/metadata.tsv'\n"
            "}\n"
        )
        state = Path("checkpoint").read_text().replace('"model.ckpt', '"/home/trainer/run7/model.ckpt')
        Path("checkpoint").write_text(state)
    found = embedding(values, "word_embedding", "checkpoint", "model.ckpt-500", step=500, steps=[500], metadata=labels)
    about = "State file and config name paths of a training machine that is not here; file names fit one file each."
    say = ["/home/trainer/run7"]
    write_expected(name, MADE_BY, about, [found], say=say)


def v1_plain() -> None:
    """Every fixed-size real dtype that the V1 format takes."""
    name = "v1_plain"
    arrays = {"word_embedding": seeded(50, 30, 5)}
    for seed, dtype in enumerate(("float64", "float16", "int32", "int64", "int8", "int16", "uint8", "uint16", "bool")):
        values = seeded(60 + seed, 7, 3).astype(np.float64) * 30
        values = abs(values) if dtype.startswith("u") else values > 0 if dtype == "bool" else values
        arrays[f"v_{dtype}"] = values.astype(dtype)
    arrays["v_int64"][0, 0] = -(2**40) - 1
    with graph_in(name) as session:
        for tensor, values in arrays.items():
            tf.get_variable(tensor, initializer=values)
        session.run(tf.global_variables_initializer())
        save(session, "./model.ckpt-3", write_version=tf.train.SaverDef.V1)
        labels = write_words(30)
        Path("projector_config.pbtxt").write_text(CONFIG_2017)
    embeddings = []
    for tensor, values in arrays.items():
        entry = embedding(values, tensor, "checkpoint", "model.ckpt-3", step=3, steps=[3], listed=False)
        embeddings.append(entry | ({"listed": True, "metadata": labels} if tensor == "word_embedding" else {}))
    write_expected(name, MADE_BY, "V1 format, one file, ten dtypes.", embeddings)


if __name__ == "__main__":
    V1 = {"write_version": tf.train.SaverDef.V1}
    tf1_saver()
    tf1_moved()
    sharded("tf1_sharded", 300)
    sharded("v1_sharded", 3, **V1)
    partitioned("tf1_partitioned", 300)
    partitioned("v1_partitioned", 3, **V1)
    v1_plain()
