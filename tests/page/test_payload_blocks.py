"""Bytes, order, coordinates, neighbors, text: each coding comes back within its promise, and refuses what cannot be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from report_factory import exact_table, make_column

from embreport.errors import ReportError
from embreport.page.payload.blocks import deflate, from_planes, inflate, to_planes, unzigzag, width_for, zigzag
from embreport.page.payload.coordinates import decode_coordinates, encode_coordinates
from embreport.page.payload.neighbors import (
    decode_distances,
    decode_offsets,
    decode_positions,
    encode_beside,
    encode_distances,
    encode_offsets,
    stored_table,
)
from embreport.page.payload.order import draw_stride, hilbert_keys, stored_order
from embreport.page.payload.sequence import decode_rows, encode_rows
from embreport.page.payload.text import category_values, decode_column, decode_texts, encode_column, encode_texts

CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NONE = range(80, 80)
quick = settings(max_examples=60, deadline=None)


@quick
@given(st.lists(st.integers(0, 2**32 - 1), max_size=50))
def test_planes_come_back_at_the_width_their_largest_value_needs(values: list[int]) -> None:
    width = width_for(max(values, default=0))
    raw = to_planes(np.array(values, dtype=np.uint32), width)
    assert from_planes(raw, 0, len(values), width).tolist() == values


@quick
@given(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=50))
def test_zigzag_keeps_small_numbers_small_and_comes_back(values: list[int]) -> None:
    coded = zigzag(np.array(values, dtype=np.int64))
    assert unzigzag(coded).tolist() == values
    assert all(code <= 2 * abs(value) for code, value in zip(coded.tolist(), values, strict=True))


def test_planes_shorter_than_described_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        from_planes(b"abc", 0, 2, 2)


def test_inflating_more_or_less_than_announced_is_refused() -> None:
    packed = deflate(b"a" * 5000)
    assert inflate(packed, 5000) == b"a" * 5000
    for data, size in ((packed, 4999), (packed, 5001), (packed[:-2], 5000), (packed + b"x", 5000), (b"\xff\xff", 5)):
        with pytest.raises(ValueError, match="block"):
            inflate(data, size)
    with pytest.raises(ValueError, match="announces"):
        inflate(packed, 10**12)


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_the_curve_visits_every_cell_of_a_grid_by_single_steps(dims: int) -> None:
    step = 1 << 13
    side = np.arange(8) * step
    cells = np.stack(np.meshgrid(*[side] * dims, indexing="ij"), -1).reshape(-1, dims).astype(np.uint32)
    path = cells[np.argsort(hilbert_keys(cells))].astype(np.int64)
    assert (np.abs(np.diff(path, axis=0)).sum(axis=1) == step).all()


def test_rows_without_finite_values_are_stored_last_in_their_own_order() -> None:
    layout = np.random.default_rng(1).normal(size=(40, 3))
    layout[[30, 4, 17]] = np.nan
    order = stored_order(layout, np.isfinite(layout).all(axis=1))
    assert order[-3:].tolist() == [4, 17, 30]
    assert sorted(order.tolist()) == list(range(40))


def test_rows_at_one_place_keep_their_order() -> None:
    assert stored_order(np.ones((9, 3)), np.ones(9, dtype=bool)).tolist() == list(range(9))


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 6, 7, 12, 100, 1797, 6000, 100_000])
def test_the_stride_reaches_every_row_and_is_near_the_golden_share(rows: int) -> None:
    stride = draw_stride(rows)
    assert math.gcd(stride, rows) == 1
    if rows > 12:
        assert abs(stride / rows - 0.618) < 0.05


@quick
@given(st.permutations(list(range(30))))
def test_row_orders_come_back(rows: list[int]) -> None:
    raw, layout = encode_rows(np.array(rows))
    assert decode_rows(raw, 30, int(layout["width"]), bool(layout["delta"])).tolist() == rows


def test_an_order_that_is_nearly_sorted_is_stored_as_differences() -> None:
    _, layout = encode_rows(np.arange(5000))
    assert layout == {"width": 1, "delta": True}


@quick
@given(
    arrays.arrays(np.float32, st.tuples(st.integers(1, 20), st.integers(1, 3)), elements=st.floats(width=32)),
    st.sampled_from([16, 14]),
)
def test_coordinates_are_off_by_at_most_the_promised_share_of_their_range(values: np.ndarray, bits: int) -> None:
    raw, axes = encode_coordinates(values, bits)
    back = decode_coordinates(raw, len(values), axes)
    for axis in range(values.shape[1]):
        exact, read = values[:, axis].astype(np.float64), back[:, axis].astype(np.float64)
        present = np.isfinite(exact)
        np.testing.assert_array_equal(np.isnan(read), ~present)
        if present.any():
            extent = exact[present].max() - exact[present].min()
            rounding = np.abs(exact[present]).max() * 2**-23
            assert np.abs(read - exact)[present].max() <= extent / 32768 * (1 + 1e-9) + rounding
            assert axes[axis]["low"] == exact[present].min()
            assert axes[axis]["high"] == exact[present].max()


def test_sixteen_bits_keep_both_ends_of_an_axis_exactly() -> None:
    values = np.array([[-3.25], [0.1], [7.5]], dtype=np.float32)
    back = decode_coordinates(*_with_rows(encode_coordinates(values), 3))
    assert back[0, 0] == -3.25
    assert back[2, 0] == 7.5


def test_coordinates_of_the_wrong_length_are_refused() -> None:
    raw, axes = encode_coordinates(np.zeros((4, 2), dtype=np.float32))
    with pytest.raises(ValueError, match="shorter"):
        decode_coordinates(raw, 5, axes)


def _with_rows(encoded: tuple[bytes, list[dict[str, object]]], rows: int) -> tuple[bytes, int, list[dict[str, object]]]:
    return encoded[0], rows, encoded[1]


def _tables(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """A cosine and a euclidean stored table."""
    draw = np.random.default_rng(3)
    values = draw.normal(size=(80, 5)) * (1 if kind == "unequal norms" else 0.3) + (2 if kind == "unequal norms" else 0)
    if kind == "unit vectors":
        values /= np.linalg.norm(values, axis=1, keepdims=True)
    finite = np.ones(80, dtype=bool)
    order = stored_order(values[:, :3], finite)
    cosine, euclidean = (exact_table(metric, values, finite, 20) for metric in ("cosine", "euclidean"))
    return stored_table(cosine.indices[order], order, NONE), stored_table(euclidean.indices[order], order, NONE)


@pytest.mark.parametrize("kind", ["unit vectors", "unequal norms"])
def test_neighbor_indices_come_back_exactly_in_exact_order(kind: str) -> None:
    cosine, euclidean = _tables(kind)
    raw, layout = encode_offsets(cosine, np.arange(80))
    np.testing.assert_array_equal(decode_offsets(raw, *cosine.shape, layout["width"]), cosine)
    raw, layout = encode_beside(euclidean, cosine, np.arange(80))
    assert layout["coding"] == "positions"
    np.testing.assert_array_equal(decode_positions(raw, cosine, layout), euclidean)


def test_equal_lists_cost_next_to_nothing() -> None:
    cosine, _ = _tables("unit vectors")
    raw, layout = encode_beside(cosine.copy(), cosine, np.arange(80))
    assert layout["escapes"] == 0
    assert len(deflate(raw)) < 30


def test_lists_without_a_common_neighbor_are_stored_as_offsets() -> None:
    one = np.arange(1, 6)[None].repeat(12, axis=0)
    raw, layout = encode_beside(one + 5, one, np.arange(12))
    assert layout["coding"] == "offsets"
    np.testing.assert_array_equal(decode_offsets(raw, 12, 5, layout["width"]), one + 5)


def test_a_table_that_names_rows_without_values_is_refused() -> None:
    order = np.array([0, 1, 2])
    for wrong in ([[1], [0], [-1]], [[7], [0], [1]], [[2], [0], [1]]):
        with pytest.raises(ReportError, match="names a row"):
            stored_table(np.array(wrong)[order], order, range(2 if wrong[0] == [2] else 3, 3))


def test_places_that_do_not_exist_are_refused() -> None:
    other = np.array([[1, 2, 3]])
    layout = {"width": 1, "escapes": 0, "escapeWidth": 1}
    with pytest.raises(ValueError, match="place"):
        decode_positions(bytes([1, 3, 1]), other, layout)
    with pytest.raises(ValueError, match="own neighbors"):
        decode_positions(bytes([1, 0, 1]), other, layout)


@quick
@given(
    arrays.arrays(
        np.float32,
        st.tuples(st.integers(1, 8), st.integers(1, 12)),
        elements=st.one_of(st.floats(0, 2**100, width=32), st.sampled_from([0.0, 1e-45, math.inf])),
    )
)
def test_distances_are_off_by_at_most_a_thousandth_of_the_largest_and_stay_ascending(values: np.ndarray) -> None:
    exact = np.sort(values, axis=1)
    back = decode_distances(encode_distances(exact), *exact.shape)
    infinite = np.isinf(exact)
    np.testing.assert_array_equal(np.isinf(back), infinite)
    wide, read = np.where(infinite, 0, exact).astype(np.float64), np.where(infinite, 0, back).astype(np.float64)
    largest = wide.max(axis=1, keepdims=True)
    assert (np.abs(read - wide) <= largest * 0.001 + 2e-45).all()
    assert (np.diff(np.where(infinite, 3e38, back), axis=1) >= 0).all()
    assert (read[wide == 0] == 0).all()


def test_a_finite_row_without_distance_is_refused() -> None:
    with pytest.raises(ReportError, match="without distances"):
        encode_distances(np.array([[0.1, math.nan]]))


@quick
@given(st.lists(CELLS, max_size=20))
def test_texts_with_any_characters_come_back(texts: list[str]) -> None:
    raw, layout = encode_texts(texts)
    assert decode_texts(raw, 0, len(texts), layout) == (texts, len(raw))


@quick
@given(st.lists(st.none() | CELLS, min_size=1, max_size=20), st.sampled_from(["text", "category"]))
def test_columns_keep_missing_apart_from_empty(cells: list[str | None], kind: str) -> None:
    order = np.random.default_rng(len(cells)).permutation(len(cells))
    column = make_column("c", cells, "text" if kind == "text" else "category")
    raw, layout = encode_column(column, order)
    assert decode_column(raw, len(cells), layout) == [cells[row] for row in order]


def test_category_values_are_most_frequent_first_and_ties_by_first_appearance() -> None:
    column = make_column("c", ["b", "a", None, "c", "c", "a", "b", "d"], "category")
    assert category_values(column) == ["b", "a", "c", "d"]


@pytest.mark.parametrize(
    ("raw", "count", "layout"),
    [
        (b"a\nb", 3, {"bytes": 3, "breaks": 0}),
        (b"a\nb", 1, {"bytes": 3, "breaks": 0}),
        (b"a", 1, {"bytes": 2, "breaks": 0}),
        (b"a\nb\x01\x01", 2, {"bytes": 3, "breaks": 1}),
        (b"a\nb\x01", 2, {"bytes": 3, "breaks": 1}),
        (b"\xff\n", 2, {"bytes": 2, "breaks": 0}),
    ],
)
def test_texts_that_do_not_fit_their_description_are_refused(raw: bytes, count: int, layout: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode_texts(raw, 0, count, layout)


def test_a_category_code_past_the_values_is_refused() -> None:
    raw, layout = encode_column(make_column("c", ["x", "y"], "category"), np.arange(2))
    with pytest.raises(ValueError, match="value that does not exist"):
        decode_column(raw[:-1] + b"\x09", 2, layout)
