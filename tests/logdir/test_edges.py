"""The shapes and values at the edges, and everything broken in seconds and little memory."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from bundle_factory import BundleWriter

from embreport import logdir

DATA = Path(__file__).resolve().parent.parent / "data"


def saved(folder: Path, **tensors: np.ndarray) -> None:
    writer = BundleWriter()
    for name, values in tensors.items():
        writer.add(name, values)
    writer.write(folder, "model.ckpt-0")
    (folder / "checkpoint").write_text('model_checkpoint_path: "model.ckpt-0"\n')


def config(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "projector_config.pbtxt").write_text(text)


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (2, 1), (2, 2), (3, 1), (3, 20_000), (1, 20_000)])
@pytest.mark.parametrize("kind", ["v.tsv", "v.npy", "v.bytes", "checkpoint"])
def test_few_rows_and_many_dimensions_are_read(tmp_path: Path, shape: tuple[int, int], kind: str) -> None:
    values = np.random.default_rng(3).normal(size=shape).astype(np.float32)
    if kind == "checkpoint":
        saved(tmp_path, v=values)
        config(tmp_path, "embeddings { tensor_name: 'v' }\n")
    else:
        config(tmp_path, f"embeddings {{ tensor_name: 'v' tensor_path: '{kind}' tensor_shape: {list(shape)} }}\n")
        if kind == "v.tsv":
            (tmp_path / kind).write_text("".join("\t".join(map(repr, row)) + "\n" for row in values.tolist()))
        elif kind == "v.npy":
            np.save(tmp_path / kind, values)
        else:
            values.tofile(tmp_path / kind)

    survey = logdir.survey(tmp_path)

    np.testing.assert_array_equal(logdir.load(survey.embeddings[0], survey)[0].values, values)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
@pytest.mark.parametrize("kind", ["v.npy", "checkpoint"])
def test_no_rows_or_no_dimensions_are_skipped_with_a_reason(tmp_path: Path, shape: tuple[int, int], kind: str) -> None:
    values = np.zeros(shape, np.float32)
    if kind == "checkpoint":
        saved(tmp_path, v=values)
        config(tmp_path, "embeddings { tensor_name: 'v' }\n")
    else:
        np.save(tmp_path / kind, values)
        config(tmp_path, f"embeddings {{ tensor_name: 'v' tensor_path: '{kind}' }}\n")

    survey = logdir.survey(tmp_path)

    assert survey.embeddings == ()
    assert "no values" in survey.skipped[0].reason


def test_the_smallest_and_largest_numbers_come_back_from_text(tmp_path: Path) -> None:
    values = np.array([[1e-45, -1e-40, 1e38], [0.0, -0.0, 3.4028235e38]], np.float32)
    (tmp_path / "v.tsv").write_text(
        "".join("\t".join(map(str, row)) + "\n" for row in values.tolist()) + "nan\tinf\t-inf\n"
    )
    config(tmp_path, "embeddings { tensor_name: 'v' tensor_path: 'v.tsv' }\n")

    survey = logdir.survey(tmp_path)
    read = logdir.load(survey.embeddings[0], survey)[0].values

    np.testing.assert_array_equal(read[:2], values)
    np.testing.assert_array_equal(read[2], [np.nan, np.inf, -np.inf])


_LOAD_ALL = """
import sys
from pathlib import Path
from embreport import logdir
from embreport.errors import InputError
for folder in sys.argv[1:]:
    survey = logdir.survey(Path(folder))
    for source in survey.embeddings:
        try:
            logdir.load(source, survey)
        except InputError:
            pass
"""


def test_everything_broken_ends_in_seconds_and_in_little_memory() -> None:
    folders = sorted(str(path) for path in DATA.glob("broken_*/logdir"))
    started = time.monotonic()

    subprocess.run(
        [sys.executable, "-c", _LOAD_ALL, *folders],
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (1 << 29, 1 << 29)),
    )

    assert len(folders) > 20
    assert time.monotonic() - started < 60


def test_every_tensor_that_a_broken_config_lists_is_explained() -> None:
    for folder in sorted(DATA.glob("broken_*/logdir")):
        survey = logdir.survey(folder)
        built = [source for source in survey.embeddings if source.built]
        assert built or survey.skipped, folder
        assert all(item.reason for item in survey.skipped)
