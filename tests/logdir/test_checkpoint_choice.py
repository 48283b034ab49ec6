"""Which checkpoint is meant: by the state file, the config, or the place."""

from __future__ import annotations

from pathlib import Path

import pytest
from logdir_factory import VALUES, checkpoint, codes, config, only, state, vectors

from embreport import logdir


def test_the_state_file_decides_which_step_is_meant(tmp_path: Path) -> None:
    for step in (9, 10, 11):
        checkpoint(tmp_path, f"ckpt-{step}")
    state(tmp_path, "ckpt-10")

    source = only(logdir.survey(tmp_path))

    assert (source.step, source.steps, source.path) == (10, (9, 10, 11), "ckpt-10")


def test_without_a_state_file_step_10_comes_after_step_9(tmp_path: Path) -> None:
    for step in (9, 10):
        checkpoint(tmp_path, f"ckpt-{step}")

    assert only(logdir.survey(tmp_path)).step == 10


def test_a_step_that_is_asked_for_is_taken_or_said_to_be_missing(tmp_path: Path) -> None:
    for step in (9, 10):
        checkpoint(tmp_path, f"ckpt-{step}")
    state(tmp_path, "ckpt-10")

    assert only(logdir.survey(tmp_path, step=9)).path == "ckpt-9"
    survey = logdir.survey(tmp_path, step=7)
    assert survey.embeddings == ()
    assert codes(survey) == ["step-missing"]
    assert "9, 10" in survey.notices[0].message


@pytest.mark.parametrize(
    ("spelled", "code"),
    [
        ("/home/someone/logs/model.ckpt-1", "path-mended"),
        ("C:\\\\logs\\\\model.ckpt-1", "path-mended"),
        ("../elsewhere/model.ckpt-1", "path-mended"),
        ("model.ckpt-77", "state-stale"),
        ("/home/someone/model.ckpt-77", "state-stale"),
    ],
)
def test_a_stale_state_file_is_mended_and_that_is_said(tmp_path: Path, spelled: str, code: str) -> None:
    checkpoint(tmp_path)
    state(tmp_path, spelled)

    survey = logdir.survey(tmp_path)

    assert only(survey).path == "model.ckpt-1"
    assert codes(survey) == [code]


def test_an_absolute_state_path_that_is_right_needs_no_notice(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    state(tmp_path, str(tmp_path / "model.ckpt-1"))

    assert codes(logdir.survey(tmp_path)) == []


def test_a_state_file_of_noise_is_said_and_the_checkpoint_taken(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    (tmp_path / "checkpoint").write_bytes(bytes(range(256)))

    survey = logdir.survey(tmp_path)

    assert only(survey).built
    assert codes(survey) == ["state-unreadable"]


@pytest.mark.parametrize("place", ["train", "ckpts"])
def test_a_checkpoint_below_its_config_is_found_once(tmp_path: Path, place: str) -> None:
    checkpoint(tmp_path / place)
    config(tmp_path, 'tensor_name: "embedding"')

    survey = logdir.survey(tmp_path)

    assert (only(survey).run, only(survey).path) == (".", f"{place}/model.ckpt-1")
    assert codes(survey) == ["checkpoint-elsewhere"]


def test_a_checkpoint_above_its_config_is_found(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    config(tmp_path / "run", 'tensor_name: "embedding"')

    found = [source for source in logdir.survey(tmp_path).embeddings if source.listed]

    assert [(source.run, source.path) for source in found] == [("run", "model.ckpt-1")]


def test_several_checkpoint_folders_below_a_config_are_named_not_guessed(tmp_path: Path) -> None:
    checkpoint(tmp_path / "one")
    checkpoint(tmp_path / "two")
    config(tmp_path, 'tensor_name: "embedding"')

    survey = logdir.survey(tmp_path)

    assert "checkpoint-ambiguous" in codes(survey)
    assert [item.tensor for item in survey.skipped] == ["embedding"]


@pytest.mark.parametrize("spelled", ["sub/model.ckpt-1", "/home/me/logs/sub/model.ckpt-1", "logs/sub/model.ckpt-1"])
def test_a_checkpoint_path_in_the_config_is_relative_to_the_config(tmp_path: Path, spelled: str) -> None:
    checkpoint(tmp_path / "sub", embedding=VALUES)
    checkpoint(tmp_path / "sub", "model.ckpt-2", embedding=VALUES + 1)
    config(tmp_path, 'tensor_name: "embedding"', extra=f'model_checkpoint_path: "{spelled}"')

    source = only(logdir.survey(tmp_path))

    assert (source.path, source.steps) == ("sub/model.ckpt-1", (1, 2))


def test_a_checkpoint_path_that_is_gone_is_said_and_another_taken(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    config(tmp_path, 'tensor_name: "embedding"', extra='model_checkpoint_path: "gone/x-1"')

    survey = logdir.survey(tmp_path)

    assert only(survey).path == "model.ckpt-1"
    assert codes(survey) == ["checkpoint-not-found"]


def test_a_checkpoint_folder_in_the_config_is_followed(tmp_path: Path) -> None:
    checkpoint(tmp_path / "a")
    checkpoint(tmp_path / "b")
    config(tmp_path, 'tensor_name: "embedding"', extra='model_checkpoint_dir: "b"')

    listed = [source.path for source in logdir.survey(tmp_path).embeddings if source.listed]

    assert listed == ["b/model.ckpt-1"]


def test_a_missing_checkpoint_is_said_per_tensor(tmp_path: Path) -> None:
    config(tmp_path, 'tensor_name: "embedding"')

    survey = logdir.survey(tmp_path)

    assert [item.tensor for item in survey.skipped] == ["embedding"]
    assert "none is beside the config" in survey.skipped[0].reason


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("absolute", [True, False])
def test_a_state_file_is_followed_out_of_the_log_directory_only_when_allowed(
    tmp_path: Path, listed: bool, absolute: bool
) -> None:
    logs = tmp_path / "logs"
    checkpoint(tmp_path / "outside", "model.ckpt-7")
    logs.mkdir()
    spelled = f"{tmp_path if absolute else '..'}/outside/model.ckpt-7"
    state(logs, spelled)
    if listed:
        config(logs, 'tensor_name: "embedding"')

    refused = logdir.survey(logs)
    allowed = logdir.survey(logs, allow_outside=True)

    assert refused.embeddings == ()
    assert codes(refused) == ["outside-logdir"]
    assert [item.reason for item in refused.skipped] == [refused.notices[0].message] * listed
    assert (only(allowed).run, only(allowed).path) == (".", spelled)
    assert (only(allowed).step, only(allowed).listed) == (7, listed)
    assert codes(allowed) == []


@pytest.mark.parametrize(("there", "taken"), [((1,), 1), ((1, 3), 3), ((1, 2, 3), 2)])
def test_a_refused_state_file_leaves_the_checkpoint_in_its_folder(
    tmp_path: Path, there: tuple[int, ...], taken: int
) -> None:
    checkpoint(tmp_path / "outside", "model.ckpt-2")
    for step in there:
        checkpoint(tmp_path / "logs", f"model.ckpt-{step}")
    state(tmp_path / "logs", "../outside/model.ckpt-2")

    survey = logdir.survey(tmp_path / "logs")

    assert only(survey).path == f"model.ckpt-{taken}"
    assert codes(survey) == ["outside-logdir"]
    assert f"“model.ckpt-{taken}” was taken" in survey.notices[0].message


@pytest.mark.parametrize("spelled", ["ckpts/model.ckpt-2", "ABSOLUTE/ckpts/model.ckpt-2"])
@pytest.mark.parametrize("listed", [True, False])
def test_a_state_file_may_name_a_checkpoint_in_another_folder(tmp_path: Path, spelled: str, listed: bool) -> None:
    for step in (1, 2, 3):
        checkpoint(tmp_path / "ckpts", f"model.ckpt-{step}")
    checkpoint(tmp_path / "other")
    state(tmp_path, spelled.replace("ABSOLUTE", str(tmp_path)))
    if listed:
        config(tmp_path, 'tensor_name: "embedding"')

    survey = logdir.survey(tmp_path)

    found = [(source.run, source.path, source.step, source.steps) for source in survey.embeddings]
    assert found[0] == (".", "ckpts/model.ckpt-2", 2, (1, 2, 3))
    assert [path for _, path, _, _ in found].count("ckpts/model.ckpt-2") == 1
    assert not any(path == "ckpts/model.ckpt-3" for _, path, _, _ in found)
    assert "path-mended" not in codes(survey)


def test_a_state_file_of_another_machine_leads_to_the_same_folder_of_this_one(tmp_path: Path) -> None:
    for place in ("ckpts", "other"):
        checkpoint(tmp_path / place)
    state(tmp_path, "/home/trainer/logs/ckpts/model.ckpt-1")
    config(tmp_path, 'tensor_name: "embedding"')

    survey = logdir.survey(tmp_path)

    assert [source.path for source in survey.embeddings if source.listed] == ["ckpts/model.ckpt-1"]
    assert codes(survey)[0] == "path-mended"


def test_a_log_directory_reached_through_a_link_needs_no_mending(tmp_path: Path) -> None:
    checkpoint(tmp_path / "real")
    (tmp_path / "link").symlink_to("real")
    state(tmp_path / "real", str(tmp_path / "link" / "model.ckpt-1"))

    assert codes(logdir.survey(tmp_path / "link")) == []


def test_a_state_file_whose_checkpoint_is_gone_says_so_where_there_is_no_other(tmp_path: Path) -> None:
    state(tmp_path, "model.ckpt-7")
    config(tmp_path, 'tensor_name: "embedding"')

    survey = logdir.survey(tmp_path)

    assert codes(survey) == ["state-stale"]
    assert [item.reason for item in survey.skipped] == [
        "“model.ckpt-7” is named as the latest checkpoint, but is not there; the folder has no checkpoint."
    ]


def test_a_stale_state_file_is_no_trouble_to_a_run_that_has_its_vectors_elsewhere(tmp_path: Path) -> None:
    state(tmp_path, "model.ckpt-7")
    vectors(tmp_path)
    config(tmp_path, 'tensor_name: "v" tensor_path: "v.tsv"')

    survey = logdir.survey(tmp_path)

    assert only(survey).built
    assert codes(survey) == []


def test_a_stale_state_file_does_not_end_the_search_below_it(tmp_path: Path) -> None:
    checkpoint(tmp_path / "train")
    state(tmp_path, "model.ckpt-7")
    config(tmp_path, 'tensor_name: "embedding"')

    survey = logdir.survey(tmp_path)

    assert only(survey).path == "train/model.ckpt-1"
    assert codes(survey) == ["state-stale", "checkpoint-elsewhere"]
