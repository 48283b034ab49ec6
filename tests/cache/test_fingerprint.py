"""What entries depend on besides their inputs: versions, code, environment, processor."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from embreport import versions as versions_module
from embreport.cache import fingerprint as fingerprint_module
from embreport.cache.fingerprint import fingerprint


@pytest.fixture(autouse=True)
def never_remembered() -> Iterator[None]:
    forget()
    yield
    forget()


def forget() -> None:
    fingerprint.cache_clear()
    versions_module.package_versions.cache_clear()


def both() -> tuple[str, str]:
    """The fingerprints of the numbers and of the page."""
    forget()
    return fingerprint(page=False), fingerprint(page=True)


@pytest.mark.parametrize(
    "package", ["numpy", "scipy", "numba", "llvmlite", "scikit-learn", "umap-learn", "pynndescent"]
)
def test_another_version_of_a_package_that_computes_is_another_fingerprint(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = both()
    version = versions_module.metadata.version

    monkeypatch.setattr(versions_module.metadata, "version", lambda name: "99" if name == package else version(name))

    assert not set(both()) & set(before)


@pytest.mark.parametrize(
    ("variable", "matters"),
    [("NUMBA_CPU_NAME", True), ("OPENBLAS_CORETYPE", True), ("NUMBA_CACHE_DIR", False), ("LANG", False)],
)
def test_variables_that_choose_other_machine_code_are_in_it(
    variable: str, matters: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(variable, raising=False)
    before = both()

    monkeypatch.setenv(variable, "something")

    assert (both() != before) == matters


@pytest.mark.parametrize(
    ("changed", "numbers", "page"),
    [
        ("compute/pca.py", True, False),
        ("compute/diagnosis/hubness.py", True, False),
        ("page/payload/neighbors.py", False, True),
        ("page/coded_parts.py", False, True),
        ("views/splat.py", False, True),
        ("model.py", True, True),
        ("result_store.py", True, True),
        ("cli/build.py", False, False),
    ],
)
def test_changed_code_is_another_fingerprint_of_what_it_makes(
    changed: str, numbers: bool, page: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = Path(fingerprint_module.__file__).parent.parent
    shutil.copytree(installed, tmp_path / "embreport", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(fingerprint_module, "__file__", str(tmp_path / "embreport" / "cache" / "fingerprint.py"))
    before = both()
    with (tmp_path / "embreport" / changed).open("a") as stream:
        stream.write("\n# another line" + os.linesep)

    after = both()

    assert (after[0] != before[0], after[1] != before[1]) == (numbers, page)
