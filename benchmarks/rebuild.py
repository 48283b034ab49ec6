"""Processor seconds of a rebuild with `--cache` in fresh processes: unchanged, with another title, label or option.

rebuild.py 30000x64 --folder /tmp/rebuild

The log directory is made once: patches (see datasets.py) with a name and one of twenty classes for each point. The
first build fills the cache; the others run after it, in turn, several rounds, and medians are shown. Processor time is
that of the process and all it starts. `its imports alone` is a process that imports what an unchanged rebuild imports,
and ends. The first build also compiles kernels that no build compiled before.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from datasets import patches
from measuring import machine, table

CLASSES = 20
LISTED = "import sys; from embreport.cli import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
IMPORTS = """
import contextlib, importlib, sys
for name in sys.argv[1:]:
    with contextlib.suppress(Exception):
        importlib.import_module(name)
"""


def made_logs(name: str, folder: Path, changed: bool = False) -> Path:
    """The log directory; `changed` has another class for the first point."""
    n, d = (int(part) for part in name.split("x"))
    logs = folder / (f"logs-{name}" + ("-changed" if changed else ""))
    if not logs.exists():
        logs.mkdir(parents=True)
        np.save(logs / "vectors.npy", patches(n, d))
        classes = np.random.default_rng(1).integers(0, CLASSES, n)
        classes[0] = (classes[0] + changed) % CLASSES
        lines = [f"point {row}\tclass {kind}\n" for row, kind in enumerate(classes)]
        (logs / "labels.tsv").write_text("name\tclass\n" + "".join(lines), encoding="utf-8")
        (logs / "projector_config.pbtxt").write_text(
            'embeddings { tensor_name: "numbers" tensor_path: "vectors.npy" metadata_path: "labels.tsv" }\n',
            encoding="utf-8",
        )
    return logs


def seconds(arguments: list[str], environment: dict[str, str]) -> tuple[float, str]:
    """Processor seconds of a fresh Python process and its children, and what it says on standard error."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stderr


def build(logs: Path, target: Path, *more: str) -> list[str]:
    """The arguments of a build."""
    return ["build", str(logs), "-o", str(target), "--quiet", "--title", "Rebuild", *more]


def measured(name: str, folder: Path, projections: str, rounds: int) -> list[list[str]]:
    """A row for each kind of build."""
    cache, page = folder / "cache", folder / "report.html"
    shutil.rmtree(cache, ignore_errors=True)
    # As an installed package has them, the modules are compiled to bytecode before.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    logs, other_logs = made_logs(name, folder), made_logs(name, folder, changed=True)
    kept = ["--cache", str(cache), "--projections", projections]
    first, _ = seconds(["-m", "embreport", *build(logs, page, *kept)], environment)
    made = page.read_bytes()
    _, said = seconds(["-c", LISTED, *build(logs, page, *kept)], environment)
    kinds = {
        "nothing changed": ["-m", "embreport", *build(logs, page, *kept)],
        "its imports alone": ["-c", IMPORTS, *said.splitlines()[-1].split()],
        "another title": ["-m", "embreport", *build(logs, page, *kept)],
        "another label of one point": ["-m", "embreport", *build(other_logs, page, *kept)],
        "--neighbors 50": ["-m", "embreport", *build(logs, page, *kept, "--neighbors", "50")],
    }
    taken: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in range(rounds):
        for kind, arguments in kinds.items():
            fresh = [f"Title {number}" if kind == "another title" and one == "Rebuild" else one for one in arguments]
            with tempfile.TemporaryDirectory() as held:
                shutil.copytree(cache, Path(held) / "cache")  # so that no round finds what the one before it made
                held_cache = [str(Path(held) / "cache") if one == str(cache) else one for one in fresh]
                taken[kind].append(seconds(held_cache, environment)[0])
            if kind == "nothing changed" and page.read_bytes() != made:
                raise SystemExit("The page is another one with a full cache.")
    size = sum(path.stat().st_size for path in cache.iterdir())
    rows = [[kind, f"{statistics.median(times):.2f}"] for kind, times in taken.items()]
    return [[f"first build, page of {len(made) / 1e6:.1f} MB, cache of {size / 1e6:.0f} MB", f"{first:.1f}"], *rows]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", default="30000x64")
    parser.add_argument("--projections", default="pca,tsne,umap")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("data"))
    asked = parser.parse_args()
    rows = measured(asked.data, asked.folder, asked.projections, asked.rounds)
    print(machine())
    print(table([f"{asked.data}, {asked.projections}", "cpu s"], rows))


if __name__ == "__main__":
    main()
