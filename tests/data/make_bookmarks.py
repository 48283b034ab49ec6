"""Bookmarks in the Projector's State format, by hand: bookmarks, bookmarks_odd, bookmarks_several.

Standard library and numpy; needs tf2_words: `python make_bookmarks.py`. Keys and nesting follow class State of the
Projector (tensorboard/plugins/projector/vz_projector/data.ts), which writes a JSON array.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from expectation import HERE, fresh_logdir, write_expected

KEY = "embedding/.ATTRIBUTES/VARIABLE_VALUE"
ROWS = 40


def coordinates(seed: int, keys: list[str], rows: int = ROWS) -> list[dict[str, float]]:
    values = np.random.default_rng([77, seed]).normal(size=(rows, len(keys))).round(6)
    return [dict(zip(keys, map(float, row), strict=True)) for row in values]


def camera(flat: bool) -> dict[str, Any]:
    return {"orthographic": flat, "position": [0.5, 0.25, 1.75], "target": [0.0, 0.1, 0.0], "zoom": 1.3}


def state(label: str, projection: str, projections: list[dict[str, float]], **more: Any) -> dict[str, Any]:
    whole = {
        "label": label,
        "isSelected": False,
        "tSNEIteration": 0,
        "tSNEPerplexity": 0,
        "tSNELearningRate": 0,
        "tSNEis3d": True,
        "umapIs3d": True,
        "umapNeighbors": 15,
        "umapMinDist": 0.1,
        "pcaComponentDimensions": [0, 1, 2],
        "projections": projections,
        "selectedProjection": projection,
        "dataSetDimensions": [ROWS, 6],
        "filteredPoints": None,
        "selectedPoints": [],
        "shuffledDataIndices": list(range(ROWS)),
        "cameraDef": camera(False),
        "selectedColorOptionName": None,
        "forceCategoricalColoring": False,
        "selectedLabelOption": "label",
    }
    return whole | more


def good_states() -> list[dict[str, Any]]:
    tsne = coordinates(1, ["tsne-0", "tsne-1", "tsne-2"])
    umap = coordinates(2, ["umap-0", "umap-1"])
    pca = coordinates(3, [f"pca-{axis}" for axis in range(6)])
    custom = coordinates(4, ["linear-x", "linear-y"])
    kept = [3, 8, 9, 21, 30]
    older = state(
        "from 2017", "custom", custom, customXLeftText="apple", customXLeftRegex=False, cameraDef=camera(True)
    )
    for key in ("umapIs3d", "umapNeighbors", "umapMinDist", "shuffledDataIndices", "forceCategoricalColoring"):
        del older[key]
    return [
        state(
            "t-SNE, two chosen",
            "tsne",
            tsne,
            tSNEIteration=480,
            tSNEPerplexity=7,
            selectedPoints=[4, 17],
            isSelected=True,
        ),
        state("UMAP, flat", "umap", umap, umapIs3d=False, umapNeighbors=9, cameraDef=camera(True)),
        state("PCA 2 and 5", "pca", pca, pcaComponentDimensions=[1, 4]),
        state("five only", "pca", [pca[row] for row in kept], filteredPoints=kept),
        older,
    ]


def with_bookmarks(name: str, files: dict[str, str], listed: str) -> Path:
    logdir = fresh_logdir(name)
    shutil.copytree(HERE / "tf2_words" / "logdir", logdir, dirs_exist_ok=True)
    for file, text in files.items():
        (logdir / file).write_bytes(text.encode())
    (logdir / "projector_config.pbtxt").write_text(
        f'embeddings {{\n  tensor_name: "{KEY}"\n  metadata_path: "metadata.tsv"\n  bookmarks_path: "{listed}"\n}}\n'
    )
    return logdir


def several(words: dict[str, Any], states: list[dict[str, Any]], by_hand: str) -> None:
    files = {
        "first.json": json.dumps(states[:2]),
        "one.json": json.dumps(states[3]),
        "lines.txt": "\n".join(json.dumps(state) for state in (states[2], states[4])),
    }
    logdir = with_bookmarks("bookmarks_several", files, "first.json")
    with (logdir / "projector_config.pbtxt").open("a") as config:
        config.write(
            f'embeddings {{\n  tensor_name: "{KEY}"\n'
            '  bookmarks_path: "one.json"\n  bookmarks_path: "lines.txt"\n  bookmarks_path: "first.json"\n}\n'
        )
    labels = [states[at]["label"] for at in (0, 1, 3, 2, 4)]
    about = (
        "Three bookmark files: an array in the first of two entries for one tensor; in the second, which gives the "
        "path several times, one object, several objects, and the array again. Only the first entry names the labels."
    )
    found = words | {"bookmarks": len(labels), "bookmark_labels": labels}
    write_expected("bookmarks_several", by_hand, about, [found], wanted="ok", say=[])


def main() -> None:
    [words] = json.loads((HERE / "tf2_words" / "expected.json").read_text())["embeddings"]
    by_hand = "tf2_words, bookmarks by hand"
    states = good_states()
    with_bookmarks("bookmarks", {"bookmarks.json": json.dumps(states)}, "bookmarks.json")
    about = (
        "Five saved views: t-SNE in 3D with a selection, UMAP in 2D, PCA of two components, a filtered one (one object "
        "per kept point), and an old one with custom axes that lacks the younger keys."
    )
    labels = [each["label"] for each in states]
    found = words | {"bookmarks": len(states), "bookmark_labels": labels}
    write_expected("bookmarks", by_hand, about, [found])
    odd = [
        states[0],
        states[1] | {"dataSetDimensions": [41, 6]},
        {"label": "<script>window.hacked=1</script>"},
        7,
        states[2] | {"projections": states[2]["projections"][:5]},
        states[0] | {"label": "no finite place", "projections": [{"tsne-0": "far"}] * ROWS},
    ]
    with_bookmarks("bookmarks_odd", {"bookmarks.txt": json.dumps(odd)}, "bookmarks.txt")
    about = (
        "Only the first of six entries fits: the others are of another data set, empty, no object, short of points, "
        "and without numbers."
    )
    found = words | {"bookmarks": 1, "bookmark_labels": labels[:1]}
    write_expected("bookmarks_odd", by_hand, about, [found], wanted="warn", say=["bookmarks.txt"])
    several(words, states, by_hand)


if __name__ == "__main__":
    main()
