"""Every way in which configs spell where the checkpoint is: taken as spelled, mended and said, or refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from logdir_factory import VALUES, checkpoint, codes, config

from embreport import logdir
from embreport.model import Survey

DATA = Path(__file__).resolve().parent.parent / "data"


def listed_paths(survey: Survey) -> list[str]:
    return [source.path for source in survey.embeddings if source.listed]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run whose checkpoint is in `w`, beside another in `z`."""
    checkpoint(tmp_path / "run" / "w", embedding=VALUES)
    checkpoint(tmp_path / "run" / "z", "other.ckpt-5", embedding=VALUES + 1)
    return tmp_path / "run"


@pytest.mark.parametrize(
    "extra",
    [
        'model_checkpoint_path: "w/model.ckpt-1"',
        'model_checkpoint_path: "./w//model.ckpt-1"',
        'model_checkpoint_path: "../run/w/model.ckpt-1"',
        'model_checkpoint_path: "RUN/w/model.ckpt-1"',
        'model_checkpoint_path: "w/model.ckpt-1.index"',
        'model_checkpoint_path: "w/model.ckpt-1.meta"',
        'model_checkpoint_path: "w/model.ckpt-1.data-00000-of-00001"',
        'model_checkpoint_path: "w/checkpoint"',
        'model_checkpoint_dir: "w"',
        'model_checkpoint_dir: "w/"',
        'model_checkpoint_dir: "RUN/w"',
    ],
)
def test_a_checkpoint_that_is_where_the_config_says_needs_no_notice(run: Path, extra: str) -> None:
    config(run, 'tensor_name: "embedding"', extra=extra.replace("RUN", str(run)))

    survey = logdir.survey(run)

    assert listed_paths(survey) == ["w/model.ckpt-1"]
    assert [code for code in codes(survey) if code != "tensors-not-built"] == []


@pytest.mark.parametrize(
    "extra",
    [
        'model_checkpoint_path: "/home/u/exp/w/model.ckpt-1"',
        'model_checkpoint_path: "C:\\\\exp\\\\w\\\\model.ckpt-1"',
        'model_checkpoint_path: "w\\\\model.ckpt-1"',
        'model_checkpoint_path: "$LOG_DIR/w/model.ckpt-1"',
        'model_checkpoint_path: "${LOG_DIR}/w/model.ckpt-1"',
        'model_checkpoint_path: "log/model.ckpt-1"',
        'model_checkpoint_path: "log/model.ckpt-1.index"',
        'model_checkpoint_path: "w"',
        'model_checkpoint_dir: "/home/u/exp/w/"',
        'model_checkpoint_dir: "C:\\\\exp\\\\w"',
        'model_checkpoint_dir: "$LOG_DIR/w"',
        'model_checkpoint_dir: "exp/w"',
    ],
)
def test_a_path_of_another_place_is_mended_and_that_is_said(run: Path, extra: str) -> None:
    config(run, 'tensor_name: "embedding"', extra=extra)

    survey = logdir.survey(run)

    assert listed_paths(survey) == ["w/model.ckpt-1"]
    assert codes(survey)[0] == "path-mended"
    assert "“w/model.ckpt-1” was taken in its place" in survey.notices[0].message


@pytest.mark.parametrize("extra", ['model_checkpoint_path: "w/model.ckpt-1"', 'model_checkpoint_dir: "w"'])
def test_a_config_may_say_where_the_checkpoint_is_and_list_nothing(run: Path, extra: str) -> None:
    config(run, extra=extra)

    survey = logdir.survey(run)

    assert next((source.run, source.path) for source in survey.embeddings if source.built) == (".", "w/model.ckpt-1")


@pytest.mark.parametrize("spelled", ["model.ckpt-3", "model.ckpt-3-?????-of-00002", "model.ckpt-3-00001-of-00002"])
def test_a_sharded_v1_checkpoint_is_found_under_its_prefix_its_glob_and_its_shards(
    tmp_path: Path, spelled: str
) -> None:
    shutil.copytree(DATA / "v1_sharded" / "logdir", tmp_path, dirs_exist_ok=True)
    source = next(source for source in logdir.survey(tmp_path).embeddings if source.built)
    config(tmp_path, f'tensor_name: "{source.tensor}"', extra=f'model_checkpoint_path: "{spelled}"')

    survey = logdir.survey(tmp_path)

    assert listed_paths(survey) == [source.path]
    assert "path-mended" not in codes(survey)


def test_several_checkpoints_of_the_name_are_named_not_guessed(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        checkpoint(tmp_path / folder)
    config(tmp_path, 'tensor_name: "embedding"', extra='model_checkpoint_path: "/gone/model.ckpt-1"')

    survey = logdir.survey(tmp_path)

    assert listed_paths(survey) == []
    assert "checkpoint-not-found" in codes(survey)
    assert "2 checkpoints have its name: “a/model.ckpt-1”, “b/model.ckpt-1”" in survey.notices[0].message


def test_a_path_that_is_gone_does_not_lead_past_the_run_s_own_checkpoint(tmp_path: Path) -> None:
    checkpoint(tmp_path, "other.ckpt-9")
    checkpoint(tmp_path / "run")
    config(tmp_path / "run", 'tensor_name: "embedding"', extra='model_checkpoint_path: "/home/u/exp/model.ckpt-7"')

    assert listed_paths(logdir.survey(tmp_path)) == ["run/model.ckpt-1"]


@pytest.mark.parametrize("fixture", ["tf2_words", "tf1_sharded", "v1_plain", "v1_sharded", "keras3_callback"])
@pytest.mark.parametrize("field", ["model_checkpoint_path", "model_checkpoint_dir"])
def test_a_checkpoint_outside_is_refused_whatever_its_format_and_read_when_allowed(
    tmp_path: Path, fixture: str, field: str
) -> None:
    shutil.copytree(DATA / fixture / "logdir", tmp_path / "outside")
    source = next(source for source in logdir.survey(tmp_path / "outside").embeddings if source.built)
    spelled = f"../outside/{source.path if field.endswith('path') else '/'.join(source.path.split('/')[:-1])}"
    config(tmp_path / "logs", f'tensor_name: "{source.tensor}"', extra=f'{field}: "{spelled}"')

    refused = logdir.survey(tmp_path / "logs")
    allowed = logdir.survey(tmp_path / "logs", allow_outside=True)

    assert refused.embeddings == ()
    assert codes(refused) == ["outside-logdir"]
    assert "--allow-outside" in refused.skipped[0].reason
    assert listed_paths(allowed) == [f"../outside/{source.path}"]


def test_the_shards_of_a_v1_checkpoint_outside_are_known_by_any_of_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "model.ckpt-3-00001-of-00002").write_bytes(b"")
    config(tmp_path / "logs", 'tensor_name: "a"', extra='model_checkpoint_path: "../model.ckpt-3-?????-of-00002"')

    assert codes(logdir.survey(tmp_path / "logs")) == ["outside-logdir"]


def test_files_outside_that_only_begin_alike_are_no_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_bytes(b"")
    config(tmp_path / "logs", 'tensor_name: "a"', extra='model_checkpoint_path: "../model"')

    assert codes(logdir.survey(tmp_path / "logs")) == ["checkpoint-not-found"]
