"""The wheel is whole: installed alone, outside the checkout, it builds a report."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout by its own build backend."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_the_templates_and_nothing_that_is_not_the_product(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert "embreport/templates/page.html.j2" in names
    assert "embreport/templates/js/boot.js" in names
    assert "embreport/py.typed" in names
    assert {name.split("/")[0] for name in names} == {"embreport", wheel.name.split("-py3")[0] + ".dist-info"}


def test_the_installed_wheel_builds_a_report_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel]
    subprocess.run(install, check=True, capture_output=True, cwd=tmp_path)
    logdir = tmp_path / "logs"
    logdir.mkdir()
    (logdir / "vectors.tsv").write_text("".join(f"{row % 3}\t{row}\t1\n" for row in range(20)))
    (logdir / "projector_config.pbtxt").write_text('embeddings { tensor_name: "t" tensor_path: "vectors.tsv" }')

    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    command = [environment / "bin" / "embreport", "build", "logs", "-o", "report.html"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path, env=clean)

    assert done.stdout.strip() == "report.html"
    assert "embreport-manifest" in (tmp_path / "report.html").read_text(encoding="utf-8")
