"""Nothing outside of the log directory is read unless the caller allows it."""

from __future__ import annotations

import contextlib
import functools
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest
from logdir_factory import LABELS, VALUES, checkpoint, codes, config, only

from embreport import logdir
from embreport.errors import InputError
from embreport.model import Survey, TensorSource

DATA = Path(__file__).resolve().parent.parent / "data"
# The graph of a model, and images that no cell names.
_NEVER_READ = {"saved_model.pb", "cherry.png", "melon.png"}


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


_FIXTURES = (
    *("tf2_words", "tf1_sharded", "v1_plain", "v1_sharded", "saved_model", "keras2_callback", "keras3_callback"),
    *("keras3_files", "keras_old_callback", "torch_images", "gensim_pair", "word2vec_text", "word2vec_binary"),
    *("npy_files", "npz_files", "safetensors_file", "parquet_file", "raw_bytes", "tsv_sprite", "bookmarks_several"),
    *("image_folder", "config_plugins_folder"),
)
_FILES = [
    (fixture, path.relative_to(DATA / fixture / "logdir").as_posix())
    for fixture in _FIXTURES
    for path in sorted((DATA / fixture / "logdir").rglob("*"))
    if path.is_file() and path.name not in _NEVER_READ and "ckpt-0." not in path.name  # an earlier step
]


def checksums(survey: Survey) -> dict[tuple[str, str, str], str]:
    """Of every tensor that can be loaded, by run, name and path."""
    found = {}
    for source in survey.embeddings:
        with contextlib.suppress(InputError):
            found[source.run, source.tensor, source.path] = logdir.checksum(logdir.load(source, survey)[0])
    return found


@pytest.mark.parametrize(("fixture", "file"), _FILES)
def test_no_file_of_any_writer_is_read_through_a_link_that_leads_out(tmp_path: Path, fixture: str, file: str) -> None:
    folder = tmp_path / "logs"
    shutil.copytree(DATA / fixture / "logdir", folder)
    shutil.move(folder / file, tmp_path / "secret")
    (folder / file).symlink_to(tmp_path / "secret")

    refused = logdir.survey(folder)
    said = [f"{notice.where} {notice.message}" for notice in refused.notices]
    said += [item.reason for item in (*refused.skipped, *refused.passed_over)]
    allowed = logdir.survey(folder, allow_outside=True)

    assert any("--allow-outside" in text and Path(file).name in text for text in said), said
    assert not any(file in named_files(source) for source in refused.embeddings)
    assert (checksums(allowed), [named_files(source) for source in allowed.embeddings]) == what_is_there(fixture)


@functools.cache
def what_is_there(fixture: str) -> tuple[dict[tuple[str, str, str], str], list[set[str]]]:
    """What is read of a fixture as it is."""
    survey = logdir.survey(DATA / fixture / "logdir")
    return checksums(survey), [named_files(source) for source in survey.embeddings]


def named_files(source: TensorSource) -> set[str]:
    """The files that would be embedded with a tensor."""
    files = set(source.bookmark_paths)
    if source.metadata:
        files.add(source.metadata.path)
    if source.sprite:
        files |= {source.sprite.path, *source.sprite.files}
    return files


@pytest.mark.parametrize(
    "spelled",
    ["sub/../../secret.tsv", "./.././secret.tsv", "a/../../logs/../secret.tsv", "..//secret.tsv", "../logs/link"],
)
@pytest.mark.parametrize("what", ["metadata_path", "tensor_path", "bookmarks_path", "image_path"])
def test_no_spelling_of_the_way_out_is_followed(tmp_path: Path, what: str, spelled: str) -> None:
    logs = tmp_path / "logs"
    checkpoint(logs)
    (tmp_path / "secret.tsv").write_text("1\t2\n" * 4)
    (logs / "link").symlink_to("../secret.tsv")
    entry = f'sprite {{ image_path: "{spelled}" }}' if what == "image_path" else f'{what}: "{spelled}"'
    config(logs, f'tensor_name: "embedding" {entry}')

    survey = logdir.survey(logs)

    assert next(notice.code for notice in survey.notices if notice.severity != "info") == "outside-logdir"
    assert not any(named_files(source) for source in survey.embeddings)
    assert not any("secret" in source.path for source in survey.embeddings)


@pytest.mark.parametrize("spelled", ["..%2fsecret.tsv", "....//secret.tsv", "..\\\\secret.tsv", "~/secret.tsv"])
def test_what_only_looks_like_a_way_out_is_a_name_in_the_log_directory(tmp_path: Path, spelled: str) -> None:
    logs = tmp_path / "logs"
    checkpoint(logs)
    (tmp_path / "secret.tsv").write_text(LABELS)
    config(logs, f'tensor_name: "embedding" metadata_path: "{spelled}"')

    survey = logdir.survey(logs)

    assert only(survey).metadata is None
    assert codes(survey) == ["metadata-missing"]


def test_a_folder_of_images_that_is_a_link_out_is_not_entered(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    shutil.copytree(DATA / "image_folder" / "logdir", logs)
    shutil.move(logs / "images", tmp_path / "outside")
    (logs / "images").symlink_to(tmp_path / "outside")

    refused = logdir.survey(logs)

    assert only(refused).sprite is None
    assert "outside-logdir" in codes(refused)
    assert only(logdir.survey(logs, allow_outside=True)).sprite is not None


def test_runs_that_are_links_out_are_not_entered_and_named(tmp_path: Path) -> None:
    shutil.copytree(DATA / "tf2_words" / "logdir", tmp_path / "elsewhere")
    shutil.copytree(DATA / "tf2_words" / "logdir", tmp_path / "logs" / "inside")
    for name in ("run1", "run2", "run3", "run4"):
        (tmp_path / "logs" / name).symlink_to(tmp_path / "elsewhere")

    refused = logdir.survey(tmp_path / "logs")
    allowed = logdir.survey(tmp_path / "logs", allow_outside=True)

    assert [source.run for source in refused.embeddings] == ["inside"]
    [told] = [notice for notice in refused.notices if notice.code == "outside-logdir"]
    assert (told.severity, told.where) == ("warning", "run1")
    assert told.message.startswith("“run1”, “run2”, “run3”, and 1 more lead out of the log directory")
    assert str(tmp_path) not in told.message
    assert [source.run for source in allowed.embeddings] == ["inside", "run1"]


def test_links_in_an_hdf5_file_lead_to_no_other_file(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    secret = np.full((4, 3), 7.0, np.float32)
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["layers/embedding/vars/0"] = secret
    secret.tofile(tmp_path / "secret.bin")
    with h5py.File(logs / "model.weights.h5", "w") as file:
        file["layers/embedding/vars/0"] = VALUES
        file["linked_embedding"] = h5py.ExternalLink("../secret.h5", "/layers/embedding/vars/0")
        file["absolute_embedding"] = h5py.ExternalLink(str(tmp_path / "secret.h5"), "/layers/embedding/vars/0")
        file.create_dataset("raw_embedding", (4, 3), "<f4", external=[(str(tmp_path / "secret.bin"), 0, 48)])
        layout = h5py.VirtualLayout((4, 3), "<f4")
        layout[:] = h5py.VirtualSource(str(tmp_path / "secret.h5"), "layers/embedding/vars/0", (4, 3))
        file.create_virtual_dataset("virtual_embedding", layout)

    for allowed in (False, True):
        survey = logdir.survey(logs, allow_outside=allowed)

        assert set(checksums(survey)) == {(".", "layers/embedding/vars/0", "model.weights.h5")}
        said = " ".join(item.reason for item in (*survey.skipped, *survey.passed_over))
        for name in ("raw_embedding", "virtual_embedding", "linked_embedding", "absolute_embedding"):
            assert name in said
        assert "“linked_embedding” is a link into another file, which is not followed." in said
        [told] = [notice for notice in survey.notices if notice.code == "outside-file"]
        assert told.message.startswith("“absolute_embedding”, “linked_embedding”, “raw_embedding” lie in other files")


def test_a_single_file_that_is_a_link_out_is_refused(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    np.save(tmp_path / "secret.npy", VALUES)
    (tmp_path / "logs" / "v.npy").symlink_to("../secret.npy")

    assert logdir.survey(tmp_path / "logs" / "v.npy").embeddings == ()
    assert only(logdir.survey(tmp_path / "logs" / "v.npy", allow_outside=True)).built
