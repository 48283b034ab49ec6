"""Bad input is normal input: a sentence and an exit code, or a report that says what is missing; never a traceback."""

from __future__ import annotations

import html
import json
import os
from pathlib import Path

import pytest

from embreport.cli import main

DATA = Path(__file__).parent / "data"
SPOILT = [*sorted(path.name for path in DATA.glob("broken_*")), "hostile_labels", "outside_paths"]


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_logdir_ends_as_it_should(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = json.loads((DATA / name / "expected.json").read_text(encoding="utf-8"))
    monkeypatch.chdir(tmp_path)

    code = main(["build", str(DATA / name / "logdir"), "-o", "report.html", "--projections", "pca", "--json", "f.json"])

    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "fault of embreport" not in said
    for words in expected["say"]:
        assert words.lower() in said.lower()
    if expected["wanted"] == "error":
        assert code == 1
        assert os.listdir(tmp_path) == []
        return
    assert code == 0
    assert sorted(os.listdir(tmp_path)) == ["f.json", "report.html"]
    figures = json.loads(Path("f.json").read_text())
    grave = [notice for notice in figures["notices"] if notice["severity"] != "info"]
    assert bool(grave or figures["skipped"]) == (expected["wanted"] == "warn")
    page = html.unescape(Path("report.html").read_text(encoding="utf-8"))
    assert all(told["message"] in page for told in grave)
    assert all(told["reason"] in page for told in figures["skipped"])


def test_a_good_run_is_built_beside_a_broken_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("tf2_words", "broken_config_syntax", "broken_data_flip", "broken_tsv_ragged"):
        (tmp_path / "logs").mkdir(exist_ok=True)
        (tmp_path / "logs" / name).symlink_to(DATA / name / "logdir")
    target = tmp_path / "report.html"

    code = main(["build", str(tmp_path / "logs"), "-o", str(target), "--projections", "pca", "--allow-outside"])

    said = capsys.readouterr().err
    assert code == 0
    assert target.exists()
    for name in ("broken_config_syntax", "broken_data_flip", "broken_tsv_ragged"):
        assert name in said
