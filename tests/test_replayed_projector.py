"""What the tests of TensorBoard's Projector check, asked of ours, one test for each of theirs.

Theirs are `projector_plugin_test.py` (numbered 1 to 35 in the order they have there) and `projector_api_test.py` (API 1
to 3) of tensorboard 2.21; those of `knn_test.ts` are in `compute/test_replayed_neighbors.py`. They ask a server; what
stands in for its requests here:

- a route with an unknown or missing run or tensor (8 to 12): `--run` and `--tensor`;
- a file that is served byte for byte (13, 14): what is read of it, and that the file stays as it is;
- a plugin that becomes active when it finds something (21, 22): the exit code of a build;
- the class EmbeddingMetadata (23 to 31): `metadata` of `embreport.from_arrays`;
- a cache of tensors in the server's memory (32 to 35): there is none, since every tensor is read once. The results kept
  by `--cache`, and in which order they make room, are tested in `cache/`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.plugins import projector

import embreport
from embreport import logdir
from embreport.arrays import embedding_from_arrays
from embreport.cli import main
from embreport.errors import EmbreportError, UsageError

DATA = Path(__file__).parent / "data"
EVENTS = "events.out.tfevents.1700000000.machine.1.0"


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """A V1 checkpoint as TensorFlow 1 wrote it, and a config that lists one of its tensors."""
    shutil.copytree(DATA / "v1_plain" / "logdir", tmp_path / "logs")
    return tmp_path / "logs"


def config(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "projector_config.pbtxt").write_text(text)


def inspected(folder: Path) -> dict[str, Any]:
    return embreport.inspect(folder)


def test_1_a_run_with_a_checkpoint_and_a_config_is_listed_without_tensorflow(logs: Path) -> None:
    assert {item["run"] for item in inspected(logs)["embeddings"]} == {"."}


def test_2_an_empty_log_directory_has_no_runs(tmp_path: Path) -> None:
    assert inspected(tmp_path)["embeddings"] == []


def test_3_a_state_file_that_names_no_checkpoint_is_no_run_and_said(tmp_path: Path) -> None:
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "does_not_exist"\n')

    found = inspected(tmp_path)

    assert found["embeddings"] == []
    assert "does_not_exist" in found["notices"][0]["message"]


def test_4_a_config_that_names_no_checkpoint_is_no_run_and_said(tmp_path: Path) -> None:
    config(tmp_path, 'model_checkpoint_path: "does_not_exist"\nembeddings { tensor_name: "var1" }')

    found = inspected(tmp_path)

    assert found["embeddings"] == []
    assert [item["tensor"] for item in found["skipped"]] == ["var1"]


@pytest.mark.parametrize("events", [False, True], ids=["5", "6 with an event file"])
def test_5_and_6_tensors_of_the_config_and_those_beside_it_are_listed(logs: Path, events: bool) -> None:
    config(logs, 'embeddings { tensor_name: "word_embedding:0" bookmarks_path: "b.json" }')
    (logs / "b.json").write_text("[]")
    if events:
        (logs / EVENTS).write_bytes(b"")

    found = {item["tensor"]: item for item in inspected(logs)["embeddings"]}

    assert found["word_embedding"]["shape"] == [30, 5]
    assert found["word_embedding"]["listed"]
    assert len(found) > 2
    assert not any(item["listed"] for name, item in found.items() if name != "word_embedding")


def test_7_values_are_those_that_were_saved(logs: Path) -> None:
    survey = logdir.survey(logs)
    wanted = {
        item["tensor"]: item["sha256"]
        for item in json.loads((DATA / "v1_plain" / "expected.json").read_text())["embeddings"]
    }

    for source in survey.embeddings:
        assert logdir.checksum(logdir.load(source, survey)[0]) == wanted[source.tensor]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["--run", ""], 1, id="8 missing run"),
        pytest.param(["--tensor", ""], 1, id="9 missing name"),
        pytest.param(["--run", "unknown"], 1, id="10 unknown run"),
        pytest.param(["--tensor", "unknown"], 1, id="11 unknown name"),
        pytest.param(["--run", "unknown", "--tensor", "word_embedding"], 1, id="12 known name in an unknown run"),
    ],
)
def test_8_to_12_a_run_or_tensor_that_is_not_there_is_answered_with_those_that_are(
    logs: Path, tmp_path: Path, arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", str(logs), "-o", str(tmp_path / "r.html"), *arguments]) == code

    assert "word_embedding (run .)" in capsys.readouterr().err
    assert not (tmp_path / "r.html").exists()


@pytest.mark.parametrize("content", ['[{"a": "b"}]', '{"a":"b"}'])
def test_13_a_bookmarks_file_that_holds_no_view_is_said_and_stays_as_it_is(logs: Path, content: str) -> None:
    config(logs, 'embeddings { tensor_name: "word_embedding" bookmarks_path: "b.json" }')
    (logs / "b.json").write_text(content)

    found = inspected(logs)

    assert found["embeddings"][0]["bookmarks"] == 0
    assert [notice["where"] for notice in found["notices"] if notice["code"].startswith("bookmarks")] == ["b.json"]
    assert (logs / "b.json").read_text() == content


def test_14_metadata_in_the_log_directory_is_read_to_the_letter(logs: Path) -> None:
    labels = [f" {row}\u2028<b>\x0b  " for row in range(30)]
    (logs / "metadata.tsv").write_bytes("".join(f"{label}\n" for label in labels).encode())

    survey = logdir.survey(logs)
    metadata = logdir.load(survey.embeddings[0], survey)[0].metadata

    assert metadata is not None
    assert list(metadata.columns[0].cells) == labels


@pytest.mark.parametrize(
    ("field", "way"),
    [
        pytest.param('metadata_path: "{}"', "../", id="15 metadata above"),
        pytest.param('metadata_path: "{}"', "link", id="16 metadata by a link"),
        pytest.param('tensor_path: "{}"', "absolute", id="17 tensor, absolute"),
        pytest.param('bookmarks_path: "{}"', "absolute", id="18 bookmarks, absolute"),
        pytest.param('sprite {{ image_path: "{}" }}', "../", id="19 sprite above"),
    ],
)
def test_15_to_19_no_file_outside_of_the_log_directory_is_read(
    logs: Path, tmp_path: Path, field: str, way: str
) -> None:
    (tmp_path / "secret.tsv").write_text("1\t2\n" * 30)
    (logs / "link.tsv").symlink_to(tmp_path / "secret.tsv")
    path = {"../": "../secret.tsv", "link": "link.tsv", "absolute": str(tmp_path / "secret.tsv")}[way]
    config(logs, f'embeddings {{ tensor_name: "word_embedding" {field.format(path)} }}')

    found = inspected(logs)

    assert [notice["code"] for notice in found["notices"] if notice["code"] != "tensors-not-built"] == [
        "outside-logdir"
    ]
    for item in found["embeddings"]:
        assert (item["metadata"], item["sprite"], item["bookmarks"]) == (None, None, 0)
        assert "secret" not in item["path"]


def test_20_a_log_directory_of_event_files_has_no_runs(tmp_path: Path) -> None:
    (tmp_path / EVENTS).write_bytes(b"")

    assert inspected(tmp_path) == {"logdir": str(tmp_path), "embeddings": [], "skipped": [], "notices": []}


def test_21_a_build_of_what_is_there_succeeds(logs: Path, tmp_path: Path) -> None:
    assert main(["build", str(logs), "-o", str(tmp_path / "r.html"), "--projections", "pca", "-q"]) == 0


def test_22_a_build_of_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / EVENTS).write_bytes(b"")

    assert main(["build", str(tmp_path), "-o", str(tmp_path / "r.html")]) == 1
    assert not (tmp_path / "r.html").exists()


class Frame:
    """As much of a data frame as is asked for; in pandas two columns may have one name, which then gives both."""

    columns = ("a", "a")

    def __getitem__(self, name: str) -> Frame:
        return self

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        pytest.param({"a": ["x", "y", "z"]}, "3 values for 2 vectors", id="23 too many values"),
        pytest.param({"a": ["x"]}, "1 values for 2 vectors", id="24 too few values"),
        pytest.param({"a": np.zeros((2, 2))}, "lists or arrays", id="25 values of two dimensions"),
        pytest.param({"a": [["x", "y"], ["z", "w"]]}, "lists or arrays", id="26 lists of lists"),
        pytest.param({"a": np.zeros((3, 2))}, "3 values for 2 vectors", id="27 wrong length, two dimensions"),
        pytest.param(Frame(), "two columns “a”", id="28 a column twice"),
    ],
)
def test_23_to_28_metadata_of_another_form_is_refused_by_name(metadata: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        embedding_from_arrays(np.ones((2, 3)), metadata, None, tensor="t")


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(["b", "a"], id="29 lists"),
        pytest.param(np.array(["b", "a"]), id="30 arrays"),
        pytest.param(("b", "a"), id="31 other sequences"),
    ],
)
def test_29_to_31_columns_keep_their_order_and_their_values(values: Any) -> None:
    metadata = embedding_from_arrays(np.ones((2, 3)), {"z": values, "a": [1, 2]}, None, tensor="t").metadata

    assert metadata is not None
    assert [(column.name, column.cells) for column in metadata.columns] == [("z", ("b", "a")), ("a", ("1", "2"))]


def written_by_tensorboard(folder: Any) -> None:
    made = projector.ProjectorConfig()
    made.model_checkpoint_path = "test"
    entry = made.embeddings.add()
    entry.tensor_name, entry.metadata_path, entry.bookmarks_path = "tensor1", "metadata1", "bookmarks1"
    projector.visualize_embeddings(folder, made)


def test_api_1_a_config_that_tensorboard_writes_comes_back(tmp_path: Path) -> None:
    written_by_tensorboard(str(tmp_path))

    found = inspected(tmp_path)

    assert [item["tensor"] for item in found["skipped"]] == ["tensor1"]
    assert "“test”" in found["notices"][0]["message"]


def test_api_2_a_config_that_tensorboard_writes_for_a_writer_comes_back(tmp_path: Path) -> None:
    class Writer:
        def get_logdir(self) -> str:
            return str(tmp_path)

    written_by_tensorboard(Writer())

    assert [item["tensor"] for item in inspected(tmp_path)["skipped"]] == ["tensor1"]


def test_api_3_no_log_directory_is_refused() -> None:
    with pytest.raises((EmbreportError, TypeError)):
        embreport.build(None)  # type: ignore[arg-type]
