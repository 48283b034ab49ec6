"""Configs that TensorBoard cannot follow or that nobody expects, each around tf2_words: config_*.

Standard library and numpy; needs tf2_words: `python make_configs.py`. The paths of `/home/trainer` exist nowhere.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from expectation import HERE, WORDS, embedding, fresh_logdir, seeded, table, write_expected

KEY = "embedding/.ATTRIBUTES/VARIABLE_VALUE"
CONFIG = "projector_config.pbtxt"
MADE_BY = "tf2_words, config by hand"


def words() -> dict[str, Any]:
    [entry] = json.loads((HERE / "tf2_words" / "expected.json").read_text())["embeddings"]
    return entry


def around_words(name: str) -> Path:
    logdir = fresh_logdir(name)
    shutil.copytree(HERE / "tf2_words" / "logdir", logdir, dirs_exist_ok=True)
    (logdir / CONFIG).unlink()
    return logdir


def entry_of(metadata: str) -> str:
    return f'embeddings {{\n  tensor_name: "{KEY}"\n  metadata_path: "{metadata}"\n}}\n'


def with_labels(path: str) -> dict[str, Any]:
    return words() | {"metadata": words()["metadata"] | {"path": path}}


def mended_paths() -> None:
    """The metadata path leads nowhere; exactly one file of the log directory has that name."""
    written = {
        "config_log_dir": ("$LOG_DIR/metadata.tsv", "A literal $LOG_DIR, copied from the documentation."),
        "config_doubled_path": ("logs/run1/metadata.tsv", "Relative to where the program ran, not to the config."),
        "config_trainer_path": ("/home/trainer/logs/run1/metadata.tsv", "Absolute on the machine that trained."),
        "config_backslashes": (
            "labels\\\\en\\\\metadata.tsv",
            "A Windows path, backslashes escaped; the folder is here.",
        ),
        "config_windows_path": ("C:\\\\logs\\\\run1\\\\metadata.tsv", "A Windows path with its drive."),
    }
    for name, (path, about) in written.items():
        logdir = around_words(name)
        place = "metadata.tsv"
        if name == "config_backslashes":
            place = "labels/en/metadata.tsv"
            (logdir / "labels" / "en").mkdir(parents=True)
            (logdir / "metadata.tsv").rename(logdir / place)
        (logdir / CONFIG).write_text(entry_of(path))
        say = [path.replace("\\\\", "\\")] if name != "config_backslashes" else []
        write_expected(name, MADE_BY, about, [with_labels(place)], say=say)


def two_candidates() -> None:
    name = "config_two_candidates"
    logdir = around_words(name)
    for folder in ("a", "b"):
        (logdir / folder).mkdir()
        shutil.copy(logdir / "metadata.tsv", logdir / folder / "labels.tsv")
    (logdir / "metadata.tsv").unlink()
    (logdir / CONFIG).write_text(entry_of("/home/trainer/labels.tsv"))
    about = "Two files have the name that the config looks for elsewhere: none is taken, both are named."
    say = ["a/labels.tsv", "b/labels.tsv"]
    write_expected(name, MADE_BY, about, [words() | {"metadata": None}], wanted="warn", say=say)


def names_and_places() -> None:
    logdir = around_words("config_ptxt")
    (logdir / "projector_config.ptxt").write_text(entry_of("metadata.tsv"))
    about = "The misspelt file name of a well-known tutorial."
    write_expected("config_ptxt", MADE_BY, about, [words()], say=["projector_config.ptxt"])

    logdir = around_words("config_plugins_folder")
    folder = logdir / "plugins" / "org_tensorflow_tensorboard_projector"
    folder.mkdir(parents=True)
    (logdir / "metadata.tsv").rename(folder / "labels.tsv")
    (folder / CONFIG).write_text(entry_of("labels.tsv"))
    about = "Config and labels in the plugin's asset folder, the checkpoint two levels up; the run is `.`."
    labels = "plugins/org_tensorflow_tensorboard_projector/labels.tsv"
    write_expected("config_plugins_folder", MADE_BY, about, [with_labels(labels)])

    logdir = around_words("config_checkpoint_path")
    move_checkpoint(logdir, "ckpts")
    (logdir / CONFIG).write_text('model_checkpoint_path: "ckpts/embedding.ckpt-1"\n' + entry_of("metadata.tsv"))
    about = "model_checkpoint_path relative to the config; TensorBoard looks from where its server was started."
    found = words() | {"path": "ckpts/embedding.ckpt-1"}
    write_expected("config_checkpoint_path", MADE_BY, about, [found])

    logdir = around_words("config_checkpoint_dir")
    move_checkpoint(logdir, "ckpts")
    (logdir / CONFIG).write_text('model_checkpoint_dir: "ckpts"\n' + entry_of("metadata.tsv"))
    about = "model_checkpoint_dir, a field that TensorBoard declares and never reads."
    write_expected("config_checkpoint_dir", MADE_BY, about, [found])

    logdir = around_words("config_in_subfolder")
    (logdir / "projector").mkdir()
    (logdir / "metadata.tsv").rename(logdir / "projector" / "metadata.tsv")
    (logdir / "projector" / CONFIG).write_text(entry_of("metadata.tsv"))
    about = "The config in a sub-folder, the checkpoint in its parent."
    found = with_labels("projector/metadata.tsv") | {"run": "projector"}
    write_expected("config_in_subfolder", MADE_BY, about, [found])


def move_checkpoint(logdir: Path, folder: str) -> None:
    (logdir / folder).mkdir()
    for file in [*logdir.glob("embedding.ckpt-1.*"), logdir / "checkpoint"]:
        file.rename(logdir / folder / file.name)


def no_config_no_state() -> None:
    logdir = around_words("no_config")
    (logdir / "checkpoint").unlink()
    (logdir / "metadata.tsv").unlink()
    about = "Only the two files of a checkpoint, copied from somewhere."
    found = words() | {"metadata": None, "listed": False}
    write_expected("no_config", "tf2_words, files left out", about, [found])


def default_entry() -> None:
    """A first entry without a name is removed and sets the metadata of every tensor that no entry lists."""
    name = "config_default_entry"
    logdir = fresh_logdir(name)
    shutil.copytree(HERE / "tf1_saver" / "logdir", logdir, dirs_exist_ok=True)
    for file in logdir.glob("*.meta"):
        file.unlink()
    (logdir / CONFIG).write_text('embeddings {\n  metadata_path: "metadata.tsv"\n}\n')
    embeddings = json.loads((HERE / "tf1_saver" / "expected.json").read_text())["embeddings"]
    [labels] = [entry["metadata"] for entry in embeddings if entry["metadata"]]
    found = [entry | {"metadata": labels, "listed": False} for entry in embeddings]
    about = "Only an entry without a name: its labels are for every tensor of the checkpoint, slots included."
    write_expected(name, "tf1_saver, config by hand", about, found)


def text_format() -> None:
    """Everything the text format of protobuf allows, after a byte order mark and with CRLF line ends."""
    name = "config_text_format"
    logdir = around_words(name)
    lines = [
        "# a comment",
        "embeddings < tensor_name: 'embedding/.ATTRI' \"BUTES/VARIABLE_VALUE\"; # adjacent strings",
        r"  metadata_path: 'm\145ta\x64ata.tsv', >",
        "embeddings: { tensor_name: 'raw' tensor_path: \"raw.bytes\" tensor_shape: [0x5, 03] }",
        "embeddings { tensor_name: '' }",
    ]
    (logdir / CONFIG).write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    raw = seeded(1100, 5, 3)
    raw.tofile(logdir / "raw.bytes")
    about = "Comments, < >, separators, adjacent strings, escapes, hex and octal numbers, BOM, CRLF, an empty entry."
    write_expected(name, MADE_BY, about, [words(), embedding(raw, "raw", "bytes", "raw.bytes")])


def polylines() -> None:
    name = "polylines"
    logdir = fresh_logdir(name)
    np.savetxt(logdir / "points.tsv", seeded(1110, 10, 3), fmt="%.9g", delimiter="\t")
    following = ["1", "2", "", "4", "5", "6", "", "8", "9", ""]
    cells = [[word, step] for word, step in zip(WORDS[:10], following, strict=True)]
    rows = [["word", "__seq_next__"], *cells]
    (logdir / "labels.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))
    (logdir / CONFIG).write_text(
        "embeddings {\n  tensor_name: 'points'\n  tensor_path: 'points.tsv'\n  metadata_path: 'labels.tsv'\n}\n"
    )
    labels = table("labels.tsv", ["word", "__seq_next__"], cells)
    found = embedding(seeded(1110, 10, 3), "points", "tsv", "points.tsv", metadata=labels)
    about = "Three lines, 0 to 2, 3 to 6 and 7 to 9, by the 0-based row that follows."
    write_expected(name, "by hand", about, [found])


if __name__ == "__main__":
    mended_paths()
    two_candidates()
    names_and_places()
    no_config_no_state()
    default_entry()
    text_format()
    polylines()
