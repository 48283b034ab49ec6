"""Small log directories that tests write by hand, and what is asked of a survey."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from bundle_factory import BundleWriter

from embreport import logdir
from embreport.model import Embedding, Survey, TensorSource

VALUES = np.arange(12, dtype=np.float32).reshape(4, 3)
LABELS = "a\nb\nc\nd\n"


def checkpoint(folder: Path, prefix: str = "model.ckpt-1", **tensors: np.ndarray) -> Path:
    writer = BundleWriter()
    for name, values in (tensors or {"embedding": VALUES}).items():
        writer.add(name, values)
    return writer.write(folder, prefix)


def config(folder: Path, *entries: str, extra: str = "", name: str = "projector_config.pbtxt") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(f"embeddings {{ {entry} }}\n" for entry in entries) + extra
    (folder / name).write_text(text)


def state(folder: Path, path: str) -> None:
    (folder / "checkpoint").write_text(f'model_checkpoint_path: "{path}"\n')


def vectors(folder: Path, name: str = "v.tsv", values: np.ndarray = VALUES) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    np.savetxt(folder / name, values, fmt="%g", delimiter="\t")


def codes(survey: Survey) -> list[str]:
    return [notice.code for notice in survey.notices]


def only(survey: Survey) -> TensorSource:
    assert len(survey.embeddings) == 1, survey
    return survey.embeddings[0]


def loaded(survey: Survey) -> Embedding:
    return logdir.load(only(survey), survey)[0]
