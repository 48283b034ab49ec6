"""embreport keeps its protobuf messages to itself, so it can be imported beside TensorBoard, in both orders."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LOGDIR = Path(__file__).parent.parent / "examples" / "words" / "logdir"

OURS = """
from pathlib import Path
import embreport
found = embreport.inspect(Path({logdir!r}), checksums=True)
ours = found["embeddings"][0]["metadata"]["path"]
"""
THEIRS = """
from google.protobuf import text_format
from tensorboard.plugins.projector import ProjectorConfig
text = open({logdir!r} + "/projector_config.pbtxt").read()
theirs = text_format.Parse(text, ProjectorConfig()).embeddings[0].metadata_path
"""


@pytest.mark.parametrize("order", [(OURS, THEIRS), (THEIRS, OURS)], ids=["embreport first", "tensorboard first"])
def test_both_read_the_same_config_in_one_process(order: tuple[str, str]) -> None:
    script = "".join(part.format(logdir=str(LOGDIR)) for part in order) + "print(ours, theirs)"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["metadata.tsv", "metadata.tsv"]
