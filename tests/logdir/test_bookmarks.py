"""Bookmark files: the views a person saved, with their coordinates; whatever else such a file holds is a notice."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embreport import logdir
from embreport.errors import FormatError, InputError, LimitExceeded
from embreport.logdir import stored_states
from embreport.logdir.bookmarks import read_bookmark_files, read_bookmarks
from embreport.model import Notice, SavedView
from embreport.readers import InputFile

DATA = Path(__file__).resolve().parent.parent / "data"
ROWS, DIMS = 4, 6
POINTS = [{"tsne-0": row + 0.5, "tsne-1": -row, "tsne-2": 0.25 * row} for row in range(ROWS)]
STATE: dict[str, Any] = {"label": "one", "selectedProjection": "tsne", "projections": POINTS}


def read(folder: Path, content: Any) -> tuple[tuple[SavedView, ...], tuple[Notice, ...]]:
    path = folder / "b.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return read_bookmarks(InputFile(path=path, label="b.json"), (ROWS, DIMS))


def one(folder: Path, **more: Any) -> SavedView:
    views, notices = read(folder, [STATE | more])
    assert notices == ()
    return views[0]


def of_fixture(
    name: str, pattern: str = "bookmarks.*"
) -> tuple[list[dict[str, Any]], tuple[SavedView, ...], tuple[Notice, ...]]:
    folder = DATA / name / "logdir"
    survey = logdir.survey(folder)
    embedding, _ = logdir.load(survey.embeddings[0], survey)
    [file] = folder.glob(pattern)
    return json.loads(file.read_text()), embedding.views, survey.notices


def test_views_hold_the_coordinates_of_the_file() -> None:
    states, views, notices = of_fixture("bookmarks")
    keys = [
        ["tsne-0", "tsne-1", "tsne-2"],
        ["umap-0", "umap-1"],
        ["pca-1", "pca-4"],
        ["pca-0", "pca-1", "pca-2"],
        ["linear-x", "linear-y"],
    ]
    assert notices == ()
    assert [view.label for view in views] == [state["label"] for state in states]
    assert [view.name for view in views] == ["view1", "view2", "view3", "view4", "view5"]
    assert [view.method for view in views] == ["tsne", "umap", "pca", "pca", "custom"]
    for state, view, own in zip(states, views, keys, strict=True):
        rows = state["filteredPoints"] or list(range(40))
        expected = np.full((40, len(own)), np.nan, dtype=np.float32)
        expected[rows] = [[point[key] for key in own] for point in state["projections"]]
        np.testing.assert_array_equal(view.coordinates, expected)
        assert view.coordinates.dtype == np.float32
    assert views[0].selection == (4, 17)
    assert dict(views[0].settings) == {"perplexity": 7.0, "iterations": 480.0}
    assert views[3].filtered == (3, 8, 9, 21, 30)
    assert views[0].label_by == "label"
    assert [view.camera is not None for view in views] == [True, True, False, True, True]


def test_views_that_the_projector_itself_saved_are_read_as_it_shows_them() -> None:
    states, views, notices = of_fixture("projector_bookmarks", "state.txt")
    assert notices == ()
    assert [view.label for view in views] == [state["label"] for state in states] == ["State 0", "State 1", "State 2"]
    assert [view.method for view in views] == ["pca", "tsne", "pca"]
    for state, view in zip(states, views, strict=True):
        own = [f"{state['selectedProjection']}-{axis}" for axis in range(3)]
        expected = np.full((40, 3), np.nan, dtype=np.float32)
        rows = state["filteredPoints"] or list(range(40))
        expected[rows] = [[point[key] for key in own] for point in state["projections"]]
        np.testing.assert_array_equal(view.coordinates, expected)
        assert (view.color_by, view.label_by) == (None, "label")
        assert view.camera is not None
        assert view.camera.position == tuple(state["cameraDef"]["position"])
    assert [state["selectedPoints"] for state in states] == [[4], [17, 4], [1]]
    assert [view.selection for view in views] == [(4,), (4, 17), (8,)]
    assert states[2]["filteredPoints"] == [30, 8, 21, 3, 9]
    assert [view.filtered for view in views] == [None, None, (3, 8, 9, 21, 30)]
    assert dict(views[1].settings) == {"perplexity": 5.0, "iterations": states[1]["tSNEIteration"]}


def test_points_of_a_view_that_the_projector_saved_belong_to_the_rows_they_are_read_for() -> None:
    folder = DATA / "projector_bookmarks" / "logdir"
    survey = logdir.survey(folder)
    embedding, _ = logdir.load(survey.embeddings[0], survey)
    states, _, _ = of_fixture("projector_bookmarks", "state.txt")

    def distances(points: np.ndarray) -> np.ndarray:
        return np.asarray(np.linalg.norm(points[:, None] - points[None], axis=-1))

    # All six components are no more than a rotation.
    for state in states:
        rows = state["filteredPoints"] or list(range(40))
        components = np.array([[point[f"pca-{axis}"] for axis in range(6)] for point in state["projections"]])
        np.testing.assert_allclose(distances(components), distances(embedding.values[rows]), atol=1e-5)


def test_states_that_do_not_fit_are_left_out_and_said() -> None:
    _, views, notices = of_fixture("bookmarks_odd")
    assert [view.label for view in views] == ["t-SNE, two chosen"]
    [notice] = notices
    assert (notice.code, notice.severity, notice.where) == ("bookmarks-unfit", "warning", "bookmarks.txt")
    assert notice.message.startswith("5 of 6 saved views are left out: “UMAP, flat” is for 41 rows")
    assert notice.message.endswith("; and 2 more.")


def test_a_single_object_and_missing_keys_are_read(tmp_path: Path) -> None:
    views, notices = read(tmp_path, {"projections": POINTS})
    assert notices == ()
    assert (views[0].label, views[0].method, views[0].dims, views[0].camera) == ("entry 1", "tsne", 3, None)


def test_selected_points_of_a_filtered_view_count_among_the_filtered(tmp_path: Path) -> None:
    kept = {"filteredPoints": [1, 3], "projections": POINTS[:2], "dataSetDimensions": [2, DIMS]}
    view = one(tmp_path, selectedPoints=[1], **kept)
    assert (view.selection, view.filtered) == ((3,), (1, 3))
    assert list(np.isnan(view.coordinates[:, 0])) == [True, False, True, False]


def test_points_without_finite_coordinates_are_not_in_the_view(tmp_path: Path) -> None:
    points = [{"tsne-0": 1e400, "tsne-1": 0}, {"tsne-0": 10**400, "tsne-1": 0}, {}, {"tsne-0": 1e38, "tsne-1": -0.5}]
    text = json.dumps([STATE | {"projections": points}]).encode()
    views, _ = read(tmp_path, text.replace(b"{}", b"null"))
    np.testing.assert_array_equal(views[0].coordinates[3], np.array([1e38, -0.5], dtype=np.float32))
    assert np.isnan(views[0].coordinates[:3]).all()


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (STATE | {"dataSetDimensions": [5, DIMS]}, "is for 5 rows where the tensor has 4"),
        (STATE | {"dataSetDimensions": [ROWS, 7]}, "is for 7 dimensions where the tensor has 6"),
        (STATE | {"dataSetDimensions": [ROWS]}, "does not say what data it is for"),
        (STATE | {"dataSetDimensions": [10**400, 6]}, "is for too many rows"),
        (STATE | {"projections": POINTS[:3]}, "has positions for 3 rows"),
        (STATE | {"projections": [{}] * ROWS}, "holds no positions"),
        (STATE | {"projections": "x"}, "holds no positions"),
        (STATE | {"projections": [{"tsne-0": True}] * ROWS}, "holds no positions"),
        (STATE | {"selectedProjection": "umap"}, "holds no positions"),
        (STATE | {"filteredPoints": [0, 0]}, "rows that the tensor does not have"),
        (STATE | {"filteredPoints": [-1]}, "rows that the tensor does not have"),
        (7, "“entry 1” is no saved view"),
    ],
    ids=range(12),
)
def test_what_is_no_view_of_this_tensor_is_a_notice(tmp_path: Path, state: Any, says: str) -> None:
    views, [notice] = read(tmp_path, [state])
    assert views == ()
    assert says in notice.message


def test_odd_cameras_selections_and_components_are_passed_over(tmp_path: Path) -> None:
    odd = {"position": [0, 0, float("nan")], "target": [0, 0, 0], "zoom": 1}
    view = one(tmp_path, cameraDef=odd, selectedPoints=[9], selectedLabelOption=3, pcaComponentDimensions=["a"])
    assert (view.camera, view.selection, view.label_by) == (None, (), None)


def test_only_so_many_views_are_read(tmp_path: Path) -> None:
    views, [notice] = read(tmp_path, [STATE] * 53)
    assert len(views) == 50
    assert notice.message == "3 of 53 saved views are left out: only the first 50 that fit are shown."


@pytest.mark.parametrize(
    "content",
    [
        *(b"[" * 90_000, b'{"a":' * 90_000, b"\xff\xfe", b"\xff\xfea", b"", b"3", b"[[]", b"[{}", b"[{} {}]", b"[{}]}"),
        *(b'[{"projections":[{"tsne-0":1}', b'[{"projections":[{"tsne-0":\xff}]}]', b'[{"label":tru}]', b'{"a" 1}'),
        *(b'[{"a', b'[{"a\\"]', b'{"label":"\\', b'[{"label":1' + b"0" * 5000 + b"}]"),
    ],
)
def test_what_is_no_json_array_of_views_is_a_format_error(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FormatError):
        read(tmp_path, content)


_MANY = b"{}," * 200_000 + b"{}"
_HUGE = {
    "one key that no view has": (b'[{"x":[' + _MANY + b"]}]", "holds no positions"),
    "more points than rows": (b'[{"projections":[' + _MANY + b"]}]", "has positions for more than the 4 rows"),
    "a huge point": (b'[{"projections":[{"a":[' + _MANY + b"]}]}]", "holds a point of more than 4,096 bytes"),
    "many keys": (b"[{" + b'"a":1,' * 100_000 + b'"b":2}]', "has more than 1,000 entries"),
    "a long list of rows": (b'[{"filteredPoints":[' + b"0," * 300_000 + b"0]}]", "has more than 65,632 bytes under"),
    "a long label": (b'[{"label":"' + b"a" * 600_000 + b'"}]', "has more than 65,536 bytes under “label”"),
    "quotes and brackets in texts": (b'[{"x":"' + b'\\"[{\\\\' * 100_000 + b'"}]', "holds no positions"),
    "a long array of nothing": (b"[" + b"0," * 300_000 + b"0]", "more than 200 saved views"),
}


@pytest.mark.parametrize("what", _HUGE)
def test_what_no_view_of_the_tensor_can_hold_is_passed_over_in_little_memory(tmp_path: Path, what: str) -> None:
    content, says = _HUGE[what]
    tracemalloc.start()
    try:
        views, [notice] = read(tmp_path, content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert views == ()
    assert says in notice.message
    assert peak < 3 * len(content) + 12_000_000


def test_what_follows_a_huge_state_is_still_read(tmp_path: Path) -> None:
    for content, _ in list(_HUGE.values())[:-1]:
        views, _ = read(tmp_path, content[:-1] + b"," + json.dumps(STATE).encode() + b"]")
        assert [view.label for view in views] == ["one"]


def test_entries_without_end_are_refused_with_the_limit(tmp_path: Path) -> None:
    state = "{" + ",".join(f'"k{number}":0' for number in range(900)) + "}"
    with pytest.raises(LimitExceeded, match="more than 10,000 entries in all"):
        read(tmp_path, ("[" + ",".join([state] * 12) + "]").encode())


def test_a_file_of_more_bytes_than_a_tensor_can_need_is_not_opened_for_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embreport.logdir.bookmarks._LARGEST_FILE", 1_000)
    with pytest.raises(LimitExceeded, match="at most 6,000 are read"):
        read(tmp_path, b" " * 6_001)


@pytest.mark.parametrize("slab", [4_200, 1 << 16])
@pytest.mark.parametrize("text", [b"a", "é😀\u2028".encode(), b'\\"}]\\\\'])
def test_points_come_back_wherever_the_file_is_cut_for_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slab: int, text: bytes
) -> None:
    monkeypatch.setattr(stored_states, "_SLAB", slab)
    rows = 3_000
    points = [
        {"note": "x" * (row % 50), "tsne-0": row / 7, "tsne-1": -row, "tsne-2": 1e-3 * row} for row in range(rows)
    ]
    content = json.dumps([{"a": [1], "projections": points, "selectedProjection": "tsne"}], indent=1).encode()
    path = tmp_path / "b.json"
    path.write_bytes(content.replace(b"x", text))
    [view], notices = read_bookmarks(InputFile(path=path, label="b.json"), (rows, 2))

    assert notices == ()
    expected = np.array([[row / 7, -row, 1e-3 * row] for row in range(rows)])
    np.testing.assert_array_equal(view.coordinates, expected.astype(np.float32))


def write(path: Path, content: Any) -> InputFile:
    path.write_text(json.dumps(content))
    return InputFile(path=path, label=path.name)


def test_views_of_several_files_follow_each_other_and_a_bad_file_costs_only_itself(tmp_path: Path) -> None:
    files = [
        write(tmp_path / "a.json", [STATE | {"label": "one"}, STATE | {"label": "two"}]),
        write(tmp_path / "b.json", "no array"),
        write(tmp_path / "c.json", STATE | {"label": "three"}),
        write(tmp_path / "d.json", [STATE] * 60),
    ]
    views, notices = read_bookmark_files(files, (ROWS, DIMS))

    assert [view.label for view in views[:4]] == ["one", "two", "three", "one"]
    assert [view.name for view in views] == [f"view{number}" for number in range(1, 51)]
    assert [(notice.code, notice.where) for notice in notices] == [
        ("bookmarks-unusable", "b.json"),
        ("bookmarks-unfit", "d.json"),
    ]
    assert notices[1].message == "13 of 60 saved views are left out: only the first 50 that fit are shown."


@pytest.mark.parametrize("join", ["", "\n", " \r\n"])
def test_several_states_without_an_array_around_them_are_read(tmp_path: Path, join: str) -> None:
    text = join.join(json.dumps(one) for one in (STATE, [STATE | {"label": "two"}], STATE | {"label": "three"}))
    views, notices = read(tmp_path, text.encode())
    assert notices == ()
    assert [view.label for view in views] == ["one", "two", "three"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32-be"])
def test_json_in_another_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    views, _ = read(tmp_path, json.dumps([STATE | {"label": "é"}], ensure_ascii=False).encode(encoding))
    assert views[0].label == "é"


def test_the_texts_of_custom_axes_are_kept_and_what_is_a_pattern_is_marked(tmp_path: Path) -> None:
    points = [{"linear-x": row, "linear-y": -row} for row in range(ROWS)]
    texts = {"customXLeftText": "^bad$", "customXLeftRegex": True, "customXRightText": "good", "customYUpText": ""}
    view = one(
        tmp_path,
        selectedProjection="custom",
        projections=points,
        customSelectedSearchByMetadataOption="word",
        forceCategoricalColoring=True,
        **texts,
    )
    assert dict(view.settings) == {"left": "/^bad$/", "right": "good", "searched in": "word"}
    assert view.categorical
    assert dict(one(tmp_path, selectedProjection="tsne", **texts).settings) == {}
    assert not one(tmp_path, forceCategoricalColoring="yes").categorical


def test_a_config_may_name_several_files_in_one_entry_or_in_several() -> None:
    folder = DATA / "bookmarks_several" / "logdir"
    survey = logdir.survey(folder)
    [source] = survey.embeddings
    embedding, _ = logdir.load(source, survey)

    assert [view.label for view in embedding.views] == [
        *("t-SNE, two chosen", "UMAP, flat"),
        "five only",
        *("PCA 2 and 5", "from 2017"),
    ]
    assert source.bookmarks == 5
    assert source.metadata is not None
    assert embedding.views[0].coordinates.tolist() == [
        [np.float32(point[f"tsne-{axis}"]) for axis in range(3)]
        for point in json.loads((folder / "first.json").read_text())[0]["projections"]
    ]
    assert [notice.code for notice in survey.notices] == ["config-repeated-entries"]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
_KEYS = [
    "filteredPoints",
    "dataSetDimensions",
    "projections",
    "selectedPoints",
    "cameraDef",
    "pcaComponentDimensions",
    "selectedProjection",
    "tSNEPerplexity",
    "tSNEis3d",
    "label",
    "selectedColorOptionName",
]


@settings(max_examples=150, deadline=None)
@given(changed=st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=4))
def test_any_value_under_any_key_is_a_view_or_a_notice(
    tmp_path_factory: pytest.TempPathFactory, changed: dict[str, Any]
) -> None:
    try:
        views, notices = read(tmp_path_factory.mktemp("b"), [STATE | changed])
    except InputError:
        return
    assert len(views) + len(notices) == 1
    assert all(view.coordinates.shape[0] == ROWS for view in views)


def test_a_long_array_of_anything_is_soon_given_up(tmp_path: Path) -> None:
    views, [notice] = read(tmp_path, [0] * 20_000)
    assert views == ()
    assert notice.message.startswith(
        "The file holds more than 200 saved views; only the first 200 are looked at. 200 of"
    )
