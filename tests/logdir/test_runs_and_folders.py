"""Which runs a log directory has, whatever lies in its folders."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from logdir_factory import LABELS, checkpoint, codes, config, only, vectors

from embreport import logdir
from embreport.errors import InputNotFound, UsageError


def test_a_path_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(InputNotFound):
        logdir.survey(tmp_path / "gone")


@pytest.mark.parametrize("address", ["s3://bucket/logs", "gs://bucket/logs"])
def test_a_remote_address_is_refused_with_the_command_that_copies_it(address: str) -> None:
    with pytest.raises(UsageError, match="Copy it here first"):
        logdir.survey(Path(address))


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    survey = logdir.survey(tmp_path)

    assert (survey.embeddings, survey.skipped, survey.notices) == ((), (), ())


def test_runs_are_named_by_their_folders_without_event_files(tmp_path: Path) -> None:
    for run in ("b/deep run", "a"):
        vectors(tmp_path / run)
        config(tmp_path / run, 'tensor_name: "v" tensor_path: "v.tsv"')

    survey = logdir.survey(tmp_path)

    assert [(source.run, source.path) for source in survey.embeddings] == [
        ("a", "a/v.tsv"),
        ("b/deep run", "b/deep run/v.tsv"),
    ]


def test_one_bad_run_does_not_spoil_the_others(tmp_path: Path) -> None:
    vectors(tmp_path / "good")
    config(tmp_path / "good", 'tensor_name: "v" tensor_path: "v.tsv"')
    config(tmp_path / "bad", "tensor_name: = x")
    checkpoint(tmp_path / "cut").write_bytes(b"cut")

    survey = logdir.survey(tmp_path)

    assert [source.run for source in survey.embeddings if source.built] == ["good"]
    assert sorted(item.run for item in survey.skipped) == ["bad", "cut"]
    assert [notice.severity for notice in survey.notices] == ["error", "error"]


def test_what_lies_beside_a_config_that_cannot_be_read_is_listed_but_not_built(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    vectors(tmp_path, "vectors.tsv")
    (tmp_path / "metadata.tsv").write_text(LABELS)
    config(tmp_path, "tensor_name: = x")

    survey = logdir.survey(tmp_path)

    assert {source.tensor: source.built for source in survey.embeddings} == {"embedding": False, "vectors": False}
    assert codes(survey) == ["format", "tensors-not-built"]


def test_a_loop_of_links_is_walked_once(tmp_path: Path) -> None:
    vectors(tmp_path / "run")
    config(tmp_path / "run", 'tensor_name: "v" tensor_path: "v.tsv"')
    (tmp_path / "run" / "again").symlink_to(tmp_path)

    assert only(logdir.survey(tmp_path)).run == "run"


def test_a_linked_folder_outside_is_entered_only_when_allowed(tmp_path: Path) -> None:
    vectors(tmp_path / "outside")
    config(tmp_path / "outside", 'tensor_name: "v" tensor_path: "v.tsv"')
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "run").symlink_to(tmp_path / "outside")

    assert logdir.survey(tmp_path / "logs").embeddings == ()
    assert only(logdir.survey(tmp_path / "logs", allow_outside=True)).run == "run"


def test_fifos_folders_and_unreadable_names_in_place_of_files_are_survived(tmp_path: Path) -> None:
    config(tmp_path / "fifo", 'tensor_name: "v" tensor_path: "v.tsv" metadata_path: "m.tsv"')
    os.mkfifo(tmp_path / "fifo" / "v.tsv")
    os.mkfifo(tmp_path / "fifo" / "checkpoint")
    (tmp_path / "folder" / "projector_config.pbtxt").mkdir(parents=True)
    (tmp_path / "folder" / "x.index").mkdir()
    os.mkfifo(tmp_path / "y.index")
    odd = tmp_path / os.fsdecode(b"run\xff")
    vectors(odd)
    config(odd, 'tensor_name: "v" tensor_path: "v.tsv"')
    started = time.monotonic()

    survey = logdir.survey(tmp_path)

    assert [source.run for source in survey.embeddings] == ["run\\xff"]
    assert [item.tensor for item in survey.skipped] == ["v"]
    assert time.monotonic() - started < 5


def test_labels_hold_no_path_of_this_machine(tmp_path: Path) -> None:
    config(tmp_path, 'tensor_name: "gone" metadata_path: "gone.tsv"', 'tensor_name: "v" tensor_path: "nowhere.tsv"')
    checkpoint(tmp_path)

    survey = logdir.survey(tmp_path)
    said = [f"{notice.where} {notice.message}" for notice in survey.notices] + [item.reason for item in survey.skipped]

    assert said
    assert not any(str(tmp_path) in text for text in said)
