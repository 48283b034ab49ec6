"""The script inside a built page passes the very tests its sources pass."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from node_runner import run_node

import embreport

TESTS = Path(__file__).parent


def test_the_script_cut_out_of_a_page_passes_every_javascript_test(tmp_path: Path) -> None:
    page = embreport.from_arrays(np.eye(5), projections="pca").html
    cut = re.search(r'<script id="embreport-script">(.*?)</script>', page, re.DOTALL)
    assert cut is not None
    script = tmp_path / "page.js"
    script.write_text(cut[1], encoding="utf-8")
    suite = sorted(str(path) for path in (TESTS / "js").glob("*.test.mjs"))

    said = run_node("--test", *suite, EMBREPORT_PAGE_SCRIPT=str(script))

    passed = re.search(r"pass (\d+)", said)
    assert passed is not None
    assert int(passed[1]) >= len(suite)
