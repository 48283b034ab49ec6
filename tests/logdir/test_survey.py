from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from bundle_factory import BundleWriter

from embreport import logdir
from embreport.errors import InputError, InputNotFound, UsageError
from embreport.model import Embedding, Survey, TensorSource

VALUES = np.arange(12, dtype=np.float32).reshape(4, 3)
LABELS = "a\nb\nc\nd\n"


def checkpoint(folder: Path, prefix: str = "model.ckpt-1", **tensors: np.ndarray) -> Path:
    writer = BundleWriter()
    for name, values in (tensors or {"embedding": VALUES}).items():
        writer.add(name, values)
    return writer.write(folder, prefix)


def config(folder: Path, *entries: str, extra: str = "", name: str = "projector_config.pbtxt") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(f"embeddings {{ {entry} }}\n" for entry in entries) + extra
    (folder / name).write_text(text)


def state(folder: Path, path: str) -> None:
    (folder / "checkpoint").write_text(f'model_checkpoint_path: "{path}"\n')


def vectors(folder: Path, name: str = "v.tsv", values: np.ndarray = VALUES) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    np.savetxt(folder / name, values, fmt="%g", delimiter="\t")


def codes(survey: Survey) -> list[str]:
    return [notice.code for notice in survey.notices]


def only(survey: Survey) -> TensorSource:
    assert len(survey.embeddings) == 1, survey
    return survey.embeddings[0]


def loaded(survey: Survey) -> Embedding:
    return logdir.load(only(survey), survey)[0]


# Runs and folders


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


# Configs


def test_a_name_with_the_output_number_means_the_tensor(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    config(tmp_path, 'tensor_name: "embedding:0"')

    source = only(logdir.survey(tmp_path))

    assert (source.tensor, source.listed, source.built) == ("embedding", True, True)


def test_a_config_in_the_plugin_folder_belongs_to_the_run_above(tmp_path: Path) -> None:
    plugins = tmp_path / "run" / "plugins" / "org_tensorflow_tensorboard_projector"
    config(plugins, 'tensor_name: "v" tensor_path: "v.tsv"')
    vectors(plugins)

    source = only(logdir.survey(tmp_path))

    assert source.run == "run"
    assert source.path == "run/plugins/org_tensorflow_tensorboard_projector/v.tsv"


def test_the_misspelt_config_of_a_known_tutorial_is_read_and_said(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    config(tmp_path, 'tensor_name: "embedding"', name="projector_config.ptxt")

    survey = logdir.survey(tmp_path)

    assert only(survey).listed
    assert codes(survey) == ["config-misnamed"]


def test_entries_that_a_second_script_run_appended_are_built_once(tmp_path: Path) -> None:
    vectors(tmp_path)
    config(tmp_path, *['tensor_name: "v" tensor_path: "v.tsv"'] * 3)

    survey = logdir.survey(tmp_path)

    assert only(survey).tensor == "v"
    assert codes(survey) == ["config-repeated-entries"]


def test_an_unnamed_first_entry_gives_labels_to_all_unlisted_tensors(tmp_path: Path) -> None:
    checkpoint(tmp_path, embedding=VALUES, other_embedding=VALUES)
    (tmp_path / "m.tsv").write_text(LABELS)
    config(tmp_path, 'metadata_path: "m.tsv"')

    survey = logdir.survey(tmp_path)

    assert [source.metadata.path for source in survey.embeddings if source.metadata] == ["m.tsv", "m.tsv"]
    assert [source.listed for source in survey.embeddings] == [False, False]
    assert all(source.built for source in survey.embeddings)


def test_an_unnamed_tensor_file_is_named_by_its_file(tmp_path: Path) -> None:
    vectors(tmp_path)
    vectors(tmp_path, "w.tsv")
    config(tmp_path, 'tensor_path: "v.tsv"', 'tensor_path: "w.tsv"')

    assert [source.tensor for source in logdir.survey(tmp_path).embeddings] == ["v.tsv", "w.tsv"]


def test_an_unknown_tensor_name_is_answered_with_the_nearest_one(tmp_path: Path) -> None:
    checkpoint(tmp_path, word_embedding=VALUES, global_step=np.int64(3))
    config(tmp_path, 'tensor_name: "word_embeding"')

    survey = logdir.survey(tmp_path)

    assert [item.tensor for item in survey.skipped] == ["word_embeding"]
    assert "nearest name is “word_embedding”" in survey.skipped[0].reason
    assert not only(survey).built


def test_a_listed_tensor_of_another_rank_is_skipped_with_its_shape(tmp_path: Path) -> None:
    checkpoint(tmp_path, bias=np.zeros(7, np.float32))
    config(tmp_path, 'tensor_name: "bias"')

    survey = logdir.survey(tmp_path)

    assert survey.embeddings == ()
    assert "2 dimensions" in survey.skipped[0].reason


def test_a_tensor_without_rows_is_skipped(tmp_path: Path) -> None:
    checkpoint(tmp_path, embedding=np.zeros((0, 5), np.float32))
    config(tmp_path, 'tensor_name: "embedding"')

    assert "no values" in logdir.survey(tmp_path).skipped[0].reason


def test_what_a_config_does_not_list_is_named_with_the_option_that_builds_it(tmp_path: Path) -> None:
    checkpoint(tmp_path, **{"embedding": VALUES, "embedding/Adam": VALUES, "it's": VALUES})
    config(tmp_path, 'tensor_name: "embedding"')

    survey = logdir.survey(tmp_path)

    assert {source.tensor: source.built for source in survey.embeddings} == {
        "embedding": True,
        "embedding/Adam": False,
        "it's": False,
    }
    told = [notice.message for notice in survey.notices if notice.code == "tensors-not-built"]
    assert len(told) == 1
    assert "--tensor embedding/Adam" in told[0]
    assert "--tensor 'it'\"'\"'s'" in told[0]


# Checkpoints


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


# Attachments and containment


@pytest.mark.parametrize("spelled", ["../secret.tsv", "ABSOLUTE", "link.tsv", "sub/../../secret.tsv"])
@pytest.mark.parametrize("what", ["metadata_path", "tensor_path", "bookmarks_path", "image_path"])
def test_nothing_outside_of_the_log_directory_is_read_unless_allowed(tmp_path: Path, what: str, spelled: str) -> None:
    logs = tmp_path / "logs"
    checkpoint(logs)
    secret = tmp_path / "secret.tsv"
    secret.write_text("s\ne\nc\nr\n" if what == "metadata_path" else "[]" if what == "bookmarks_path" else "1\t2\n")
    (logs / "link.tsv").symlink_to(secret)
    path = str(secret) if spelled == "ABSOLUTE" else spelled
    entry = f'sprite {{ image_path: "{path}" }}' if what == "image_path" else f'{what}: "{path}"'
    config(logs, f'tensor_name: "embedding" {entry}')

    refused = logdir.survey(logs)
    allowed = logdir.survey(logs, allow_outside=True)

    assert "outside-logdir" in codes(refused)
    assert any(Path(path).name in notice.message for notice in refused.notices)
    assert "outside-logdir" not in codes(allowed)
    assert all(source.metadata is None for source in refused.embeddings)


def test_a_checkpoint_that_is_linked_from_outside_is_refused(tmp_path: Path) -> None:
    checkpoint(tmp_path / "outside")
    (tmp_path / "logs").mkdir()
    for file in (tmp_path / "outside").iterdir():
        (tmp_path / "logs" / file.name).symlink_to(file)

    refused = logdir.survey(tmp_path / "logs")

    assert refused.embeddings == ()
    assert codes(refused) == ["outside-logdir"]
    assert only(logdir.survey(tmp_path / "logs", allow_outside=True)).built


def test_only_the_data_file_of_a_checkpoint_linked_from_outside_is_refused_too(tmp_path: Path) -> None:
    checkpoint(tmp_path / "logs")
    data = tmp_path / "logs" / "model.ckpt-1.data-00000-of-00001"
    shutil.move(data, tmp_path / "data")
    data.symlink_to(tmp_path / "data")

    survey = logdir.survey(tmp_path / "logs")

    assert survey.embeddings == ()
    assert "outside" in survey.skipped[0].reason


@pytest.mark.parametrize(
    "spelled",
    [
        "/home/someone/run/meta.tsv",
        "$LOG_DIR/meta.tsv",
        "run/meta.tsv",
        "assets\\\\meta.tsv",
        "C:\\\\Users\\\\me\\\\meta.tsv",
        "../../elsewhere/meta.tsv",
    ],
)
def test_a_path_of_another_machine_is_mended_where_one_file_fits(tmp_path: Path, spelled: str) -> None:
    checkpoint(tmp_path)
    (tmp_path / "meta.tsv").write_text(LABELS)
    config(tmp_path, f'tensor_name: "embedding" metadata_path: "{spelled}"')

    survey = logdir.survey(tmp_path)

    summary = only(survey).metadata
    assert summary is not None
    assert summary.path == "meta.tsv"
    assert codes(survey) == ["path-mended"]


def test_a_path_that_two_files_fit_is_not_guessed(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "meta.tsv").write_text(LABELS)
    config(tmp_path, 'tensor_name: "embedding" metadata_path: "/somewhere/meta.tsv"')

    survey = logdir.survey(tmp_path)

    assert only(survey).metadata is None
    assert codes(survey) == ["metadata-missing"]
    assert "“one/meta.tsv”, “two/meta.tsv”" in survey.notices[0].message


def test_bad_metadata_and_sprites_cost_only_themselves(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    (tmp_path / "m.tsv").write_text("")
    (tmp_path / "s.png").write_text("<html>")
    (tmp_path / "b.json").write_text("{" * 100_000)
    config(
        tmp_path,
        'tensor_name: "embedding" metadata_path: "m.tsv" bookmarks_path: "b.json" '
        'sprite { image_path: "s.png" single_image_dim: 2 single_image_dim: 2 }',
    )

    survey = logdir.survey(tmp_path)
    embedding = loaded(survey)

    assert sorted(codes(survey)) == ["bookmarks-unusable", "metadata-unusable", "sprite-unusable"]
    assert (embedding.metadata, embedding.sprite) == (None, None)
    np.testing.assert_array_equal(embedding.values, VALUES)


def test_files_that_change_after_the_survey_become_notices_of_load(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    (tmp_path / "m.tsv").write_text(LABELS)
    config(tmp_path, 'tensor_name: "embedding" metadata_path: "m.tsv"')
    survey = logdir.survey(tmp_path)
    (tmp_path / "m.tsv").unlink()

    embedding, notices = logdir.load(only(survey), survey)

    assert embedding.metadata is None
    assert [notice.code for notice in notices] == ["metadata-unusable"]


def test_load_repeats_no_notice_of_the_survey(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    (tmp_path / "m.tsv").write_text("a\n")
    config(tmp_path, 'tensor_name: "embedding" metadata_path: "m.tsv"')
    survey = logdir.survey(tmp_path)

    assert codes(survey) == ["metadata-row-count"]
    assert logdir.load(only(survey), survey)[1] == ()


# Steps of PyTorch's tags


def test_of_several_steps_of_a_tag_the_latest_is_built_and_the_rest_named(tmp_path: Path) -> None:
    for step in (2, 10, 100_000):
        vectors(tmp_path / f"{step:05d}" / "words", "tensors.tsv", VALUES + step)
    entries = [
        f'tensor_name: "words:{step:05d}" tensor_path: "{step:05d}/words/tensors.tsv"' for step in (10, 2, 100_000)
    ]
    config(tmp_path, *entries)

    survey = logdir.survey(tmp_path)
    earlier = logdir.survey(tmp_path, step=2)

    assert [(source.tensor, source.step, source.steps) for source in survey.embeddings if source.built] == [
        ("words:100000", 100_000, (2, 10, 100_000))
    ]
    assert [source.title for source in survey.embeddings] == ["words"] * 3
    assert codes(survey) == ["steps-not-built"]
    assert [source.tensor for source in earlier.embeddings if source.built] == ["words:00002"]


# No config


def test_without_a_config_the_likely_embeddings_are_built_and_the_rest_named(tmp_path: Path) -> None:
    checkpoint(
        tmp_path,
        **{
            "model/embed/embeddings": VALUES,
            "model/embed/embeddings/Adam": VALUES,
            "model/dense/kernel": VALUES,
            "model/dense/bias": np.zeros(3, np.float32),
            "global_step": np.int64(1),
        },
    )

    survey = logdir.survey(tmp_path)

    assert [source.tensor for source in survey.embeddings if source.built] == ["model/embed/embeddings"]
    assert sorted(source.tensor for source in survey.embeddings if not source.built) == [
        "model/dense/kernel",
        "model/embed/embeddings/Adam",
    ]
    assert codes(survey) == ["tensors-not-built"]


def test_metadata_beside_a_checkpoint_without_config_is_taken_where_its_count_fits(tmp_path: Path) -> None:
    checkpoint(tmp_path, embedding=VALUES)
    (tmp_path / "metadata.tsv").write_text(LABELS)

    assert only(logdir.survey(tmp_path)).metadata is not None
    (tmp_path / "metadata.tsv").write_text("a\nb\n")
    assert only(logdir.survey(tmp_path)).metadata is None


@pytest.mark.parametrize(
    ("tensor", "metadata", "name"),
    [
        ("words_tensor.tsv", "words_metadata.tsv", "words"),
        ("vectors.tsv", "metadata.tsv", "vectors"),
        ("tensors.tsv", "metadata.tsv", "tensors"),
    ],
)
def test_a_pair_of_files_without_config_is_an_embedding_with_labels(
    tmp_path: Path, tensor: str, metadata: str, name: str
) -> None:
    vectors(tmp_path, tensor)
    (tmp_path / metadata).write_text(LABELS)

    source = only(logdir.survey(tmp_path))

    assert (source.tensor, source.built, source.listed) == (name, True, False)
    assert source.metadata is not None
    assert source.metadata.path == metadata


def test_a_loose_array_is_built_where_no_config_says_what_to_show(tmp_path: Path) -> None:
    np.save(tmp_path / "features.npy", VALUES)
    assert only(logdir.survey(tmp_path)).built

    checkpoint(tmp_path / "run")
    config(tmp_path / "run", 'tensor_name: "embedding"')
    survey = logdir.survey(tmp_path)

    assert {source.tensor: source.built for source in survey.embeddings} == {"features": False, "embedding": True}


def test_pytorch_folders_without_their_config_keep_tag_and_step(tmp_path: Path) -> None:
    for step in (1, 2):
        vectors(tmp_path / "run" / f"{step:05d}" / "a%2fb", "tensors.tsv")
        (tmp_path / "run" / f"{step:05d}" / "a%2fb" / "metadata.tsv").write_text(LABELS)

    survey = logdir.survey(tmp_path)

    assert [(source.run, source.tensor, source.step, source.steps, source.built) for source in survey.embeddings] == [
        ("run", "a/b:00001", 1, (1, 2), False),
        ("run", "a/b:00002", 2, (1, 2), True),
    ]
    assert all(source.metadata for source in survey.embeddings)


def test_a_second_config_in_the_plugin_folder_repeats_nothing(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    for folder in (tmp_path, tmp_path / "plugins" / "org_tensorflow_tensorboard_projector"):
        config(folder, 'tensor_name: "embedding"')

    assert only(logdir.survey(tmp_path)).listed


def test_a_listed_tensor_without_the_step_that_is_asked_for_says_so(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    config(tmp_path, 'tensor_name: "embedding"')

    survey = logdir.survey(tmp_path, step=5)

    assert [item.reason for item in survey.skipped] == ["Step 5 was not saved here; there are: 1."]


# A prefix or one file as the path


@pytest.mark.parametrize("given", ["model.ckpt-1", "model.ckpt-1.index", "model.ckpt-1.data-00000-of-00001"])
def test_a_checkpoint_prefix_is_as_good_as_a_folder(tmp_path: Path, given: str) -> None:
    checkpoint(tmp_path)
    checkpoint(tmp_path, "model.ckpt-2")

    source = only(logdir.survey(tmp_path / given))

    assert (source.run, source.path, source.step, source.built) == (".", "model.ckpt-1", 1, True)


def test_one_tensor_file_takes_the_metadata_and_sprite_it_is_given(tmp_path: Path) -> None:
    from PIL import Image

    np.save(tmp_path / "v.npy", VALUES)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "labels.tsv").write_text(LABELS)
    Image.new("RGB", (8, 6), (9, 8, 7)).save(tmp_path / "elsewhere" / "s.png")

    survey = logdir.survey(
        tmp_path / "v.npy",
        metadata=tmp_path / "elsewhere" / "labels.tsv",
        sprite=tmp_path / "elsewhere" / "s.png",
        sprite_size=(4, 3),
    )
    embedding = loaded(survey)

    assert (only(survey).tensor, only(survey).built) == ("v", True)
    assert embedding.metadata is not None
    assert embedding.metadata.columns[0].cells == ("a", "b", "c", "d")
    assert embedding.sprite is not None
    assert embedding.sprite.tile(3).shape == (3, 4, 3)


def test_metadata_given_for_a_folder_overrides_what_its_config_says(tmp_path: Path) -> None:
    checkpoint(tmp_path / "logs")
    (tmp_path / "logs" / "m.tsv").write_text(LABELS)
    (tmp_path / "other.tsv").write_text("w\nx\ny\nz\n")
    config(tmp_path / "logs", 'tensor_name: "embedding" metadata_path: "m.tsv"')

    embedding = loaded(logdir.survey(tmp_path / "logs", metadata=tmp_path / "other.tsv"))

    assert embedding.metadata is not None
    assert embedding.metadata.columns[0].cells[0] == "w"


def test_a_given_metadata_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    checkpoint(tmp_path)

    with pytest.raises(InputNotFound):
        logdir.survey(tmp_path, metadata=tmp_path / "gone.tsv")


def test_a_file_that_is_no_tensor_is_skipped_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello world\nhow are you\n")

    survey = logdir.survey(tmp_path / "notes.txt")

    assert survey.embeddings == ()
    assert "not a number" in survey.skipped[0].reason


def test_a_tensor_that_is_damaged_fails_on_load_only(tmp_path: Path) -> None:
    checkpoint(tmp_path, embedding=VALUES, other_embedding=VALUES)
    data = tmp_path / "model.ckpt-1.data-00000-of-00001"
    content = bytearray(data.read_bytes())
    content[0] ^= 1
    data.write_bytes(content)
    survey = logdir.survey(tmp_path)

    results = {}
    for source in survey.embeddings:
        try:
            results[source.tensor] = logdir.load(source, survey)[0].values.shape
        except InputError as error:
            results[source.tensor] = error.code

    assert results == {"embedding": "format", "other_embedding": (4, 3)}
