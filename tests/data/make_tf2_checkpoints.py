"""TensorFlow 2: tf2_words, tf2_keras3_model, tf2_dtypes, tf2_shapes, tf2_steps, tf2_many_tensors, saved_model.

Made with Python 3.11, tensorflow-cpu 2.21.0 (Keras 3.15.1, ml_dtypes 0.6.0), tensorboard 2.21.0:
`python make_tf2_checkpoints.py`. Prefixes are relative, so that no state file names a path of the machine.
"""

from __future__ import annotations

import contextlib
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf
from expectation import WORDS, embedding, fresh_logdir, seeded, table, write_expected
from tensorboard.plugins import projector

MADE_BY = f"tensorflow {tf.__version__}, keras {keras.__version__}, tensorboard 2.21.0"
VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"


def write_config(tensors_and_metadata: dict[str, str]) -> None:
    config = projector.ProjectorConfig()
    for tensor, metadata in tensors_and_metadata.items():
        entry = config.embeddings.add()
        entry.tensor_name = tensor
        entry.metadata_path = metadata
    projector.visualize_embeddings(".", config)


def write_lines(path: str, lines: list[str]) -> None:
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines)


def tf2_words() -> None:
    name = "tf2_words"
    values = seeded(1, 40, 6)
    with contextlib.chdir(fresh_logdir(name)):
        tf.train.Checkpoint(embedding=tf.Variable(values)).save("embedding.ckpt")
        write_lines("metadata.tsv", WORDS)
        write_config({"embedding" + VALUE: "metadata.tsv"})
    labels = table("metadata.tsv", ["label"], [[word] for word in WORDS])
    found = embedding(values, "embedding" + VALUE, "checkpoint", "embedding.ckpt-1", step=1, steps=[1], metadata=labels)
    others = ["save_counter" + VALUE + ": int64 scalar", "_CHECKPOINTABLE_OBJECT_GRAPH: string scalar"]
    about = "The tutorial's way: tf.train.Checkpoint and visualize_embeddings, labels one per line without a header."
    write_expected(name, MADE_BY, about, [found], others=others)


def tf2_keras3_model() -> None:
    """The embedding is saved under an optimizer key, the shortest path to it; the object graph has its full name."""
    name = "tf2_keras3_model"
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [
            keras.layers.Embedding(30, 5, name="item"),
            keras.layers.GlobalAveragePooling1D(name="average"),
            keras.layers.Dense(7, name="score"),
        ]
    )
    model.compile(optimizer="adam", loss="mse")
    model.fit(np.arange(30).reshape(10, 3), np.ones((10, 7)), epochs=1, verbose=0)
    with contextlib.chdir(fresh_logdir(name)):
        tf.train.Checkpoint(model=model).save("model.ckpt")
        saved = {key: tf.train.load_variable("model.ckpt-1", key) for key, _ in tf.train.list_variables("model.ckpt-1")}
    embeddings = []
    roles = {variable.path: variable.numpy() for variable in [*model.variables, *model.optimizer.variables]}
    for key in sorted(saved):
        if getattr(saved[key], "ndim", 0) != 2:
            continue
        [full_name] = [path for path, values in roles.items() if np.array_equal(values, saved[key])]
        role = "slot" if "adam" in full_name else "weights" if "item" in full_name else "kernel"
        entry = embedding(
            saved[key], key, "checkpoint", "model.ckpt-1", step=1, steps=[1], listed=False, role=role, title=full_name
        )
        embeddings.append(entry)
    about = "A Keras 3 model through tf.train.Checkpoint, no config. `title` is the full name in the object graph."
    others = sorted(f"{key}: not a 2-D tensor" for key, values in saved.items() if getattr(values, "ndim", 0) != 2)
    write_expected(name, MADE_BY, about, embeddings, others=others)


def tf2_dtypes() -> None:
    name = "tf2_dtypes"
    dtypes = (
        "float32 float64 float16 bfloat16 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool "
        "float8_e5m2 float8_e4m3fn complex64 complex128"
    ).split()
    arrays = {}
    for seed, dtype in enumerate(dtypes):
        values = seeded(100 + seed, 9, 4).astype(np.float64) * 30
        if dtype.startswith("u"):
            values = abs(values)
        if dtype == "bool":
            values = values > 0
        arrays[dtype] = values.astype(tf.as_dtype(dtype).as_numpy_dtype)
    arrays["int64"][0, 0] = 2**40 + 1
    arrays["uint64"][0, 0] = 2**63 + 2**20
    arrays["float64"][0, 0] = 1e300
    with contextlib.chdir(fresh_logdir(name)):
        variables = {f"v_{dtype}": tf.Variable(values) for dtype, values in arrays.items()}
        tf.train.Checkpoint(**variables).save("ckpt")
    embeddings, others = [], []
    for dtype, values in sorted(arrays.items()):
        tensor = f"v_{dtype}{VALUE}"
        if dtype.startswith("complex"):
            others.append(f"{tensor}: {dtype} has no place on an axis")
        else:
            entry = embedding(values, tensor, "checkpoint", "ckpt-1", step=1, steps=[1], listed=False, dtype=dtype)
            embeddings.append(entry | ({"optional": True} if dtype.startswith("float8") else {}))
    about = (
        "Every fixed-size dtype that tf.Variable takes, 9 x 4 each. 1e300 in v_float64 is infinite as float32. "
        "`optional`: a reader may refuse it by name."
    )
    write_expected(name, MADE_BY, about, embeddings, others=others)


def tf2_shapes() -> None:
    name = "tf2_shapes"
    good = seeded(200, 12, 3)
    with contextlib.chdir(fresh_logdir(name)):
        tf.train.Checkpoint(
            embedding=tf.Variable(good),
            scalar=tf.Variable(1.5),
            vector=tf.Variable(seeded(201, 1, 7)[0]),
            cube=tf.Variable(seeded(202, 6, 4).reshape(2, 3, 4)),
            no_rows=tf.Variable(np.zeros((0, 4), np.float32)),
            no_columns=tf.Variable(np.zeros((4, 0), np.float32)),
            one_row=tf.Variable(seeded(203, 1, 4)),
            one_column=tf.Variable(seeded(204, 10, 1)),
            strings=tf.Variable([["a", "b"], ["c", ""]]),
        ).save("ckpt")
    embeddings = [
        embedding(values, tensor + VALUE, "checkpoint", "ckpt-1", step=1, steps=[1], listed=False)
        for tensor, values in [
            ("embedding", good),
            ("one_column", seeded(204, 10, 1)),
            ("one_row", seeded(203, 1, 4)),
        ]
    ]
    others = [
        f"scalar{VALUE}: no dimensions",
        f"vector{VALUE}: 1-D, 7 values",
        f"cube{VALUE}: 3-D, 2 x 3 x 4",
        f"no_rows{VALUE}: 0 x 4",
        f"no_columns{VALUE}: 4 x 0",
        f"strings{VALUE}: strings",
    ]
    write_expected(name, MADE_BY, "Shapes that are and are not embeddings.", embeddings, others=others)


def tf2_steps() -> None:
    """CheckpointManager, 11 saves, 4 kept: 8, 9, 10, 11. As text 9 comes after 11."""
    name = "tf2_steps"
    kept = {}
    with contextlib.chdir(fresh_logdir(name)):
        variable = tf.Variable(seeded(300, 15, 4))
        manager = tf.train.CheckpointManager(tf.train.Checkpoint(embedding=variable), ".", max_to_keep=4)
        for step in range(1, 12):
            variable.assign(seeded(300 + step, 15, 4))
            manager.save()
            kept[step] = variable.numpy()
        # Times in the state file would make it differ at every run.
        with open("checkpoint", encoding="utf-8") as file:
            lines = [line for line in file if "timestamp" not in line]
        stamps = [f"all_model_checkpoint_timestamps: {1.7e9 + step}\n" for step in range(8, 12)]
        with open("checkpoint", "w", encoding="utf-8", newline="\n") as file:
            file.writelines([*lines, *stamps, "last_preserved_timestamp: 1699999999.5\n"])
        write_lines("metadata.tsv", WORDS[:15])
        write_config({"embedding" + VALUE: "metadata.tsv"})
    labels = table("metadata.tsv", ["label"], [[word] for word in WORDS[:15]])
    steps = {}
    for step in range(8, 12):
        steps[str(step)] = embedding(kept[step], "embedding" + VALUE, "checkpoint", f"ckpt-{step}")["sha256"]
    latest = embedding(
        kept[11],
        "embedding" + VALUE,
        "checkpoint",
        "ckpt-11",
        step=11,
        steps=[8, 9, 10, 11],
        metadata=labels,
        sha256_by_step=steps,
    )
    write_expected(name, MADE_BY, "Four saved steps; `sha256_by_step` has each of them.", [latest])


def tf2_many_tensors() -> None:
    """Long names that share no prefix fill an index block of 262,144 bytes with few tensors."""
    name = "tf2_many_tensors"
    tensors = {f"{number:04}_{'long_layer_name_' * 14}": np.float32(number) for number in range(1100)}
    values = {"0500_embedding": seeded(400, 10, 3), "zz_last_block": seeded(401, 11, 3)}
    tensors |= values
    with contextlib.chdir(fresh_logdir(name)):
        tf.raw_ops.SaveV2(
            prefix="many.ckpt",
            tensor_names=list(tensors),
            shape_and_slices=[""] * len(tensors),
            tensors=[tf.constant(array) for array in tensors.values()],
        )
    embeddings = [embedding(array, tensor, "checkpoint", "many.ckpt", listed=False) for tensor, array in values.items()]
    about = "1,102 tensors over two index blocks, one embedding in each; no state file, no step in the name."
    write_expected(name, MADE_BY, about, embeddings, others=["1,100 float32 scalars"])


def saved_model() -> None:
    name = "saved_model"
    values = seeded(500, 20, 4)
    with contextlib.chdir(fresh_logdir(name)):
        module = tf.Module()
        module.word_vectors = tf.Variable(values, name="word_vectors")
        tf.saved_model.save(module, "export")
        # Random, and of no use here.
        os.remove("export/fingerprint.pb")
    found = embedding(
        values,
        "word_vectors" + VALUE,
        "checkpoint",
        "export/variables/variables",
        run="export",
        listed=False,
        title="word_vectors",
    )
    write_expected(name, MADE_BY, "A SavedModel; its weights are the checkpoint variables/variables.", [found])


if __name__ == "__main__":
    for make in [tf2_words, tf2_keras3_model, tf2_dtypes, tf2_shapes, tf2_steps, tf2_many_tensors, saved_model]:
        make()
