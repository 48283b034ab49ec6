"""The folder of the cache: keeps to its limit, touches nothing else, and is never a reason to fail."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest

from embreport.cache import FolderStore, locks
from embreport.cache import folder as folder_module

KILOBYTE = np.arange(250, dtype=np.float32)


def whole(arrays: Mapping[str, np.ndarray]) -> Mapping[str, np.ndarray] | None:
    """Takes whatever is there."""
    return arrays


def entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.embreport-cache"))


def codes(store: FolderStore) -> list[str]:
    return [notice.code for notice in store.notices]


def used(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.iterdir())


def kept(folder: Path, digest: str) -> bool:
    return FolderStore(folder, 10**9).get("pca", digest, whole) is not None


def test_what_was_put_is_found_by_another_build(tmp_path: Path) -> None:
    FolderStore(tmp_path, 10**6).put("pca", "d1", {"scores": KILOBYTE})
    store = FolderStore(tmp_path, 10**6)

    found = store.get("pca", "d1", whole)

    assert found is not None
    assert found["scores"].tobytes() == KILOBYTE.tobytes()
    assert store.get("pca", "d2", whole) is None
    assert (store.reused, store.made, store.notices) == (1, 1, ())


def test_entries_are_for_their_owner_alone_and_nothing_unfinished_is_left(tmp_path: Path) -> None:
    FolderStore(tmp_path / "new", 10**6).put("pca", "d1", {"scores": KILOBYTE})

    (entry,) = entries(tmp_path / "new")
    assert entry.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert sorted(os.listdir(tmp_path / "new")) == ["CACHEDIR.TAG", entry.name]


def test_other_versions_and_processors_have_entries_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FolderStore(tmp_path, 10**6).put("pca", "d1", {"scores": KILOBYTE})

    monkeypatch.setattr(folder_module, "fingerprint", lambda *, page: "another processor")

    assert FolderStore(tmp_path, 10**6).get("pca", "d1", whole) is None


def test_a_damaged_entry_is_a_notice_and_is_replaced(tmp_path: Path) -> None:
    FolderStore(tmp_path, 10**6).put("pca", "d1", {"scores": KILOBYTE})
    (entry,) = entries(tmp_path)
    entry.write_bytes(entry.read_bytes()[:-40])
    store = FolderStore(tmp_path, 10**6)

    assert store.get("pca", "d1", whole) is None
    store.put("pca", "d1", {"scores": KILOBYTE})

    assert codes(store) == ["cache-damaged"]
    assert kept(tmp_path, "d1")


def test_an_entry_of_another_form_than_expected_counts_as_damaged(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, 10**6)
    store.put("pca", "d1", {"scores": KILOBYTE})

    assert store.get("pca", "d1", lambda arrays: None) is None
    assert codes(store) == ["cache-damaged"]


def test_the_least_recently_used_entries_make_room(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, 4_000)
    for age, digest in [(300, "d1"), (200, "d2"), (100, "d3")]:
        store.put("pca", digest, {"scores": KILOBYTE})
        newest = max(entries(tmp_path), key=lambda path: path.stat().st_mtime)
        os.utime(newest, (time.time() - age, time.time() - age))
    store.get("pca", "d1", whole)

    store.put("pca", "d4", {"scores": KILOBYTE})

    assert [digest for digest in ("d1", "d2", "d3", "d4") if kept(tmp_path, digest)] == ["d1", "d3", "d4"]
    assert sum(path.stat().st_size for path in entries(tmp_path)) <= 4_000


def test_what_does_not_fit_at_all_is_not_kept_and_costs_nothing_else(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, 2_000)
    store.put("pca", "d1", {"scores": KILOBYTE})

    store.put("neighbors", "d2", {"indices": np.zeros(1000, np.int32)})

    assert codes(store) == ["cache-too-small"]
    assert kept(tmp_path, "d1")


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_bytes(b"x" * 5000)
    store = FolderStore(tmp_path, 1_500)

    for digest in ("d1", "d2", "d3"):
        store.put("pca", digest, {"scores": KILOBYTE})

    assert (tmp_path / "thesis.tex").stat().st_size == 5000
    assert len(entries(tmp_path)) == 1


def test_what_a_killed_build_left_is_removed_by_the_next_one_to_write(tmp_path: Path) -> None:
    (tmp_path / "pca-left.embreport-unfinished").write_bytes(b"half")

    FolderStore(tmp_path, 10**6).put("pca", "d1", {"scores": KILOBYTE})

    assert not list(tmp_path.glob("*unfinished"))
    assert kept(tmp_path, "d1")


def test_where_nobody_can_lock_files_it_is_removed_after_an_hour_and_not_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "_fcntl", None)
    for name, age in [("old", 4000), ("new", 100)]:
        path = tmp_path / f"pca-{name}.embreport-unfinished"
        path.write_bytes(b"half")
        os.utime(path, (time.time() - age, time.time() - age))

    FolderStore(tmp_path, 10**6).put("pca", "d1", {"scores": KILOBYTE})

    assert [path.name for path in tmp_path.glob("*unfinished")] == ["pca-new.embreport-unfinished"]
    assert kept(tmp_path, "d1")


def test_what_another_build_is_writing_stays_and_counts_with_all_it_will_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = FolderStore(tmp_path, 3_000)
    ours = FolderStore(tmp_path, 3_000)
    ours.put("pca", "d1", {"scores": KILOBYTE})
    really_write = folder_module.write_entry
    seen: list[int] = []

    def interleaved(stream: BinaryIO, *of: Any) -> None:
        monkeypatch.setattr(folder_module, "write_entry", really_write)
        ours.put("pca", "d2", {"scores": KILOBYTE})
        seen.append(used(tmp_path))
        really_write(stream, *of)

    monkeypatch.setattr(folder_module, "write_entry", interleaved)
    other.put("neighbors", "d3", {"scores": KILOBYTE})

    assert seen[0] <= 3_000
    assert [kept(tmp_path, "d1"), kept(tmp_path, "d2")] == [False, True]
    assert FolderStore(tmp_path, 3_000).get("neighbors", "d3", whole) is not None


def test_what_does_not_fit_beside_what_others_write_is_not_kept_and_evicts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderStore(tmp_path, 3_000)
    store.put("pca", "d1", {"scores": KILOBYTE[:100]})
    with (tmp_path / "pca-busy.embreport-unfinished").open("wb") as stream:
        stream.write(bytes(2_000))
        stream.flush()
        locks.hold_file(stream.fileno())
        store.put("pca", "d2", {"scores": KILOBYTE})

    assert codes(store) == ["cache-too-small"]
    assert [kept(tmp_path, "d1"), kept(tmp_path, "d2")] == [True, False]


def test_the_limit_counts_every_byte_the_cache_writes(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    FolderStore(folder, 10**6).put("pca", "d1", {"scores": KILOBYTE})
    exactly = used(folder)

    for limit in (exactly, exactly - 1):
        store = FolderStore(folder, limit)
        store.put("pca", "d2", {"scores": KILOBYTE})
        assert used(folder) <= limit
        assert (codes(store) == []) == (limit == exactly)


def test_a_build_that_finds_everything_still_keeps_to_a_smaller_limit(tmp_path: Path) -> None:
    for age, digest in [(300, "d1"), (200, "d2")]:
        FolderStore(tmp_path, 10**6).put("pca", digest, {"scores": KILOBYTE})
        newest = max(entries(tmp_path), key=lambda path: path.stat().st_mtime)
        os.utime(newest, (time.time() - age, time.time() - age))
    (tmp_path / "pca-left.embreport-unfinished").write_bytes(b"half")

    assert FolderStore(tmp_path, 2_000).get("pca", "d2", whole) is not None

    assert used(tmp_path) <= 2_000
    assert not kept(tmp_path, "d1")


def test_builds_in_several_processes_never_exceed_the_limit_together(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib, numpy as np; from embreport.cache import FolderStore\n"
        "store = FolderStore(pathlib.Path(sys.argv[1]), 300_000)\n"
        "for turn in range(120): store.put('pca', f'{sys.argv[2]} {turn}', {'scores': np.zeros(9_000 + turn)})\n"
        "print(*[notice.code for notice in store.notices])"
    )
    builds = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path), str(number)], stdout=subprocess.PIPE, text=True)
        for number in range(3)
    ]
    most = 0
    while any(build.poll() is None for build in builds):
        with locks.folder_held(tmp_path):
            most = max(most, used(tmp_path))
        time.sleep(0.001)

    said = [build.communicate()[0].strip() for build in builds]
    assert [build.returncode for build in builds] == [0, 0, 0]
    assert 150_000 < most <= 300_000
    assert set(said) <= {"", "cache-too-small"}


def test_a_build_does_not_wait_for_ever_for_one_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "_PATIENCE_SECONDS", 0.05)
    store = FolderStore(tmp_path, 10**6)

    with locks.folder_held(tmp_path):
        store.put("pca", "d1", {"scores": KILOBYTE})

    assert codes(store) == ["cache-not-written"]
    assert os.listdir(tmp_path) == []


def test_a_failed_write_is_one_notice_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    store = FolderStore(tmp_path, 10**6)
    monkeypatch.setattr(folder_module, "write_entry", full)
    store.put("pca", "d1", {"scores": KILOBYTE})
    store.put("pca", "d2", {"scores": KILOBYTE})

    assert codes(store) == ["cache-not-written"]
    assert "No space left" in store.notices[0].message
    assert os.listdir(tmp_path) == []


def test_an_interrupt_while_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(folder_module, "write_entry", interrupted)
    with pytest.raises(KeyboardInterrupt):
        FolderStore(tmp_path, 10**6).put("pca", "d1", {"scores": KILOBYTE})

    assert os.listdir(tmp_path) == []


def test_a_file_where_the_folder_should_be_is_a_notice(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    store = FolderStore(tmp_path / "cache", 10**6)

    assert store.get("pca", "d1", whole) is None
    store.put("pca", "d1", {"scores": KILOBYTE})

    assert codes(store) == ["cache-unreadable", "cache-not-written"]


def test_a_read_only_folder_is_read_and_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FolderStore(tmp_path, 10**6).put("pca", "d1", {"scores": KILOBYTE})
    really_open = os.open

    def refuse(path: Path, flags: int, *mode: int) -> int:
        if flags & os.O_CREAT:
            raise OSError(30, "Read-only file system")
        return really_open(path, flags, *mode)

    def refuse_times(path: Path) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(os, "utime", refuse_times)
    store = FolderStore(tmp_path, 10**6)

    assert store.get("pca", "d1", whole) is not None
    store.put("pca", "d2", {"scores": KILOBYTE})
    assert codes(store) == ["cache-not-written"]


def test_builds_at_the_same_time_do_not_disturb_each_other(tmp_path: Path) -> None:
    troubles: list[object] = []

    def work(number: int) -> None:
        store = FolderStore(tmp_path, 5_000)
        for turn in range(40):
            digest = f"d{(number + turn) % 6}"
            value = np.full(250, int(digest[1:]), np.float32)
            found = store.get("pca", digest, whole)
            if found is not None and found["scores"].tobytes() != value.tobytes():
                troubles.append(digest)
            store.put("pca", digest, {"scores": value})
        troubles.extend(store.notices)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert troubles == []
    assert not list(tmp_path.glob("*unfinished"))


def test_a_build_killed_while_writing_leaves_no_entry_that_is_taken_for_whole(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib, numpy as np; from embreport.cache import FolderStore\n"
        "store = FolderStore(pathlib.Path(sys.argv[1]), 10**9); print('ready', flush=True)\n"
        "while True: store.put('pca', 'd1', {'scores': np.arange(4_000_000, dtype=np.float32)})"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.1)
    process.kill()
    process.wait()

    store = FolderStore(tmp_path, 10**9)
    found = store.get("pca", "d1", whole)

    assert found is None or found["scores"].tobytes() == np.arange(4_000_000, dtype=np.float32).tobytes()
    assert store.notices == ()
