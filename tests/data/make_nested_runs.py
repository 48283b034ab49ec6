"""Several runs in sub-folders: nested_runs, one of them broken, and one that holds an event file only.

Standard library. Needs tf2_words, tf1_saver, torch_images, tsv_sprite, broken_tsv_ragged: `python make_nested_runs.py`.
"""

from __future__ import annotations

import json
import shutil
from typing import Any

from expectation import HERE, fresh_logdir, write_expected

RUNS = {
    "text/baseline": "tf2_words",
    "text/baseline/older": "tf1_saver",
    "vision/run 2": "torch_images",
    "vision/sprite": "tsv_sprite",
    "vision/bad": "broken_tsv_ragged",
}


def moved(entry: dict[str, Any], run: str) -> dict[str, Any]:
    """The same embedding, its paths one run deeper."""
    entry = entry | {"run": run, "path": f"{run}/{entry['path']}"}
    for part in ("metadata", "sprite"):
        if entry[part]:
            entry[part] = entry[part] | {"path": f"{run}/{entry[part]['path']}"}
    return entry


def main() -> None:
    name = "nested_runs"
    logdir = fresh_logdir(name)
    embeddings = []
    for run, source in RUNS.items():
        shutil.copytree(HERE / source / "logdir", logdir / run, dirs_exist_ok=True)
        expected = json.loads((HERE / source / "expected.json").read_text())
        embeddings += [moved(entry, run) for entry in expected["embeddings"]]
    for meta in logdir.rglob("*.meta"):
        meta.unlink()
    events = logdir / "only_events"
    events.mkdir()
    about = "Five runs, one inside another's folder, one with a space, one broken: that one must not spoil the others."
    say = ["vision/bad", "line 5"]
    write_expected(name, "copies of other fixtures", about, embeddings, wanted="warn", say=say)
    # The empty record file of a run that wrote no embedding; nothing in it is read.
    (events / "events.out.tfevents.1700000000.machine.1.0").write_bytes(b"")


if __name__ == "__main__":
    main()
