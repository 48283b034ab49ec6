"""What the tables say of rows and labels, against scikit-learn, numpy, and counting by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from sklearn.neighbors import LocalOutlierFactor

from embreport.compute import ComputeSettings, compute_numbers
from embreport.compute.diagnosis import distinct_neighbors
from embreport.compute.diagnosis import hubness as hubness_module
from embreport.compute.diagnosis.exact_duplicates import equal_counts
from embreport.compute.diagnosis.hubness import hubness, neighbor_counts
from embreport.compute.diagnosis.isotropy import isotropy
from embreport.compute.diagnosis.label_agreement import agreeing_shares, label_agreement, suspected_shares
from embreport.compute.diagnosis.near_duplicates import near_duplicate_counts, near_duplicates
from embreport.compute.diagnosis.norms import norm_distribution, row_norms
from embreport.compute.diagnosis.outliers import OutlierFactors, outlier_factors, outliers
from embreport.compute.diagnosis.pair_distances import pair_distances
from embreport.compute.diagnosis.spectrum import spectrum
from embreport.compute.diagnosis.ties import tied_rows
from embreport.compute.duplicates import first_equal_rows
from embreport.compute.neighbors import neighbor_tables
from embreport.compute.pca import principal_components
from embreport.compute.threads import Workers
from embreport.diagnostics import Diagnostics, Hubness, LabelAgreement, NearDuplicates
from embreport.model import Metric, NeighborTable, RowLabels

PCA_ONLY = ComputeSettings(projections=("pca",), jobs=2)


@pytest.fixture
def workers() -> Iterator[Workers]:
    pool = Workers(2)
    yield pool
    pool.close()


def random(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def table_of(points: np.ndarray, workers: Workers, metric: Metric = "euclidean", k: int = 30) -> NeighborTable:
    return neighbor_tables(points, k, workers).table(metric)


def factors_of(points: np.ndarray, workers: Workers, metric: Metric = "euclidean", k: int = 30) -> OutlierFactors:
    table, pairs = table_of(points, workers, metric, k), pair_distances(points, workers)
    factors = outlier_factors(table, first_equal_rows(points), pairs, workers)
    assert factors is not None
    return factors


def labels_of(codes: list[int], values: tuple[str, ...] = ("a", "b", "c")) -> RowLabels:
    return RowLabels(column="class", codes=np.array(codes, np.int32), values=values)


def diagnosed(values: np.ndarray, labels: tuple[RowLabels, ...] = ()) -> Diagnostics:
    diagnostics = compute_numbers(values, PCA_ONLY, labels=labels).diagnostics
    assert diagnostics is not None
    return diagnostics


def near_of(points: np.ndarray, workers: Workers, k: int = 30) -> NearDuplicates:
    found = near_duplicates(table_of(points, workers, k=k), first_equal_rows(points), np.arange(len(points)))
    assert found is not None
    return found


def agreement_of(points: np.ndarray, labels: RowLabels, workers: Workers) -> LabelAgreement:
    table = table_of(points, workers)
    found = label_agreement(table, labels, agreeing_shares(table, labels.codes), np.arange(len(points)))
    assert found is not None
    return found


# Hubness


def counts_of(points: np.ndarray, workers: Workers, metric: Metric = "euclidean", k: int = 30) -> np.ndarray | None:
    table, pairs = table_of(points, workers, metric, k), pair_distances(points, workers)
    return neighbor_counts(table, first_equal_rows(points), pairs, workers)


def hubness_of(points: np.ndarray, workers: Workers, metric: Metric = "euclidean", k: int = 30) -> Hubness:
    found = hubness(table_of(points, workers, metric, k), counts_of(points, workers, metric, k), np.arange(len(points)))
    assert found is not None
    return found


def counts_by_lot(points: np.ndarray, metric: Metric, k: int) -> np.ndarray:
    """How often each row is among the k nearest of another, in expectation where lots are drawn among equally far."""
    if metric == "euclidean":
        distances = np.linalg.norm(points[:, None] - points, axis=2)
    else:
        lengths = np.linalg.norm(points, axis=1)
        safe = np.where(lengths > 0, lengths, 1)
        distances = np.where(np.outer(lengths, lengths) > 0, 1 - points @ points.T / np.outer(safe, safe), 1.0)
    np.fill_diagonal(distances, np.inf)
    counts = np.zeros(len(points))
    for line in distances:
        reach = np.sort(line)[k - 1]
        tied = np.isclose(line, reach, rtol=1e-7, atol=1e-12)
        nearer = (line < reach) & ~tied
        counts += nearer + tied * (k - nearer.sum()) / tied.sum()
    return counts


def test_hubness_counts_how_often_a_row_is_a_neighbor(workers: Workers) -> None:
    points = random(0, 300, 40)
    counted = Counter(table_of(points, workers).indices[:, :10].ravel().tolist())
    counts = np.array([counted[row] for row in range(300)], float)

    found = hubness_of(points, workers)

    np.testing.assert_array_equal(counts_of(points, workers), counts)
    assert found.skewness == pytest.approx(np.mean((counts - 10) ** 3) / np.std(counts) ** 3)
    assert found.antihub_rows == (counts == 0).sum() > 0
    assert found.antihub_share == found.antihub_rows / 300
    assert found.hub_rows == (counts > 10 + 2 * np.std(counts)).sum() == len(found.hubs)
    assert [hub.times for hub in found.hubs] == sorted(counts[counts > 10 + 2 * np.std(counts)], reverse=True)
    assert all(counted[hub.row] == hub.times for hub in found.hubs)


def test_where_everyone_is_everyones_neighbor_there_is_no_hub(workers: Workers) -> None:
    found = hubness_of(random(0, 6, 3), workers)

    assert (found.k, found.skewness, found.hub_rows, found.antihub_rows, found.hubs) == (5, None, 0, 0, ())


def tying_rows(kind: str) -> np.ndarray:
    rng = np.random.default_rng(2)
    strewn = random(0, 200, 5)
    strewn[40:90] = strewn[40]
    strewn[[7, 130]] = 0
    return {
        "whole numbers": rng.integers(-2, 3, (120, 3)).astype(float),
        "one-hot": np.eye(12)[rng.integers(0, 12, 150)],
        "each row another": np.eye(60),
        "heaps": np.repeat(random(3, 20, 4), 7, axis=0),
        "a heap among others, and zeros": strewn,
        "parallel heaps": np.concatenate([np.repeat(random(0, 1, 4), 40, axis=0) * length for length in (1, 2)]),
    }[kind]


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("width", [30, 12], ids=["lists of 30", "lists of 12"])
@pytest.mark.parametrize(
    "kind",
    ["whole numbers", "one-hot", "each row another", "heaps", "a heap among others, and zeros", "parallel heaps"],
)
def test_rows_that_tie_share_the_places_and_their_numbers_make_no_hub(
    kind: str, width: int, metric: Metric, workers: Workers
) -> None:
    points = tying_rows(kind)

    counts = counts_of(points, workers, metric, width)

    assert counts is not None
    np.testing.assert_allclose(counts, counts_by_lot(points, metric, 10), atol=1e-9)


def test_lists_of_ten_are_counted_as_they_are_where_nothing_ties(workers: Workers) -> None:
    points = random(4, 150, 5)

    np.testing.assert_array_equal(counts_of(points, workers, k=10), counts_of(points, workers, k=30))


def test_hubness_is_unknown_where_lists_end_before_too_many_ties_do(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hubness_of(np.eye(60), workers).hub_rows == 0
    monkeypatch.setattr(hubness_module, "_MOST_VALUES", 1000)

    found = hubness_of(np.eye(60), workers)

    assert (found.skewness, found.hub_rows, found.antihub_rows, found.antihub_share) == (None, None, None, None)
    assert found.hubs == ()
    assert hubness_of(np.eye(60), workers, k=59).antihub_rows == 0


def test_rows_are_tied_where_further_neighbors_are_as_far_as_the_tenth(workers: Workers) -> None:
    points = random(0, 100, 4)
    points[:12], points[20:31] = 100, -100

    assert tied_rows(table_of(points, workers), 10) == 12
    assert tied_rows(table_of(points, workers, k=10), 10) is None
    assert tied_rows(table_of(np.ones((11, 3)), workers), 10) == 0


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        (random(0, 150, 4), set()),
        (np.eye(150), {"neighbors-tie"}),
        (np.repeat(random(0, 10, 4), 15, axis=0), {"duplicate-rows", "neighbors-tie"}),
        (np.ones((150, 4)), {"constant-data"}),
    ],
    ids=["none", "each row another", "heaps", "constant"],
)
def test_ties_that_matter_are_told(values: np.ndarray, codes: set[str]) -> None:
    numbers = compute_numbers(values, ComputeSettings(projections=("pca",), neighbors=100, jobs=1))

    assert {notice.code for notice in numbers.notices} == codes
    assert numbers.diagnostics is not None
    assert numbers.diagnostics.tied_share == pytest.approx((numbers.diagnostics.tied_rows or 0) / 150)
    assert (numbers.diagnostics.tied_rows == 150) == (len(codes) > 0)


def test_unknown_hubness_is_told_and_colors_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubness_module, "_MOST_VALUES", 1000)
    numbers = compute_numbers(np.eye(150), ComputeSettings(projections=("pca",), neighbors=100, jobs=1))

    assert [notice.code for notice in numbers.notices] == ["neighbors-tie", "hubness-unknown"]
    assert "by cosine and euclidean distance" in numbers.notices[1].message
    assert numbers.diagnostics is not None
    assert "hubness_10" not in {figure.name for figure in numbers.diagnostics.figures}


# Duplicates


def test_equal_rows_are_grouped_and_rows_left_out_do_not_shift_their_numbers() -> None:
    values = random(0, 60, 5)
    values[[10, 20, 30]] = values[3]
    values[41] = values[40]
    values[0] = np.nan

    found = diagnosed(values).exact_duplicates

    assert found is not None
    assert (found.duplicate_rows, found.grouped_rows, found.duplicate_groups) == (4, 6, 2)
    assert found.duplicate_share == 4 / 59
    assert [group.rows for group in found.largest] == [(3, 10, 20, 30), (40, 41)]


def test_rows_nearly_equal_are_paired_once_and_joined_into_groups(workers: Workers) -> None:
    points = random(0, 200, 8)
    points[11] = points[10] + 1e-3
    points[12] = points[10] - 1e-3
    points[13] = points[12]
    points[51] = points[50] + 1e-3
    points[61] = points[60]

    found = near_of(points, workers)

    # 10-11, 10-12, 10-13, 11-12, 11-13 and 50-51; 12 equals 13 and 60 equals 61.
    assert (found.near_duplicate_pairs, found.near_duplicate_rows, found.near_duplicate_groups) == (6, 6, 2)
    assert [group.rows for group in found.largest] == [(10, 11, 12, 13), (50, 51)]
    assert found.limit == pytest.approx(0.1 * found.typical_distance)
    assert all(pair.rows[0] < pair.rows[1] and pair.distance <= found.limit for pair in found.closest)
    assert not found.at_least


def test_typical_is_the_median_distance_to_the_tenth_neighbor(workers: Workers) -> None:
    points = random(0, 200, 8)
    distances = np.sort(np.linalg.norm(points[:, None] - points, axis=2), axis=1)[:, 10]

    assert near_of(points, workers).typical_distance == pytest.approx(np.median(distances), rel=1e-6)


def test_near_duplicates_say_when_there_may_be_more_than_the_table_holds(workers: Workers) -> None:
    points = random(0, 200, 8)
    points[:30] = points[0] + 1e-3 * random(1, 30, 8)

    assert near_of(points, workers, k=12).at_least
    assert not near_of(points, workers, k=60).at_least
    assert near_of(points, workers, k=60).near_duplicate_pairs == 30 * 29 / 2


def test_equal_rows_alone_have_no_near_duplicates(workers: Workers) -> None:
    found = near_of(np.ones((50, 3)), workers)

    assert (found.typical_distance, found.near_duplicate_pairs, found.at_least) == (0, 0, False)


def test_every_row_knows_how_many_equal_it_exactly_and_nearly(workers: Workers) -> None:
    points = random(0, 200, 8)
    points[[11, 12]] = points[10]
    points[51] = points[50] + 1e-3
    points[52] = points[50] - 1e-3
    equal, near = np.zeros(200, int), np.zeros(200, int)
    equal[10:13], near[50:53] = 2, 2

    np.testing.assert_array_equal(equal_counts(first_equal_rows(points)), equal)
    np.testing.assert_array_equal(near_duplicate_counts(table_of(points, workers), first_equal_rows(points)), near)


# Outliers


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_outlier_factors_are_those_of_scikit_learn(metric: Metric, workers: Workers) -> None:
    points = np.concatenate([random(0, 150, 5), 0.1 * random(1, 150, 5) + 4])
    # Between unit vectors the euclidean distance is the chord.
    there = points / np.linalg.norm(points, axis=1, keepdims=True) if metric == "cosine" else points
    expected = -LocalOutlierFactor(n_neighbors=20).fit(there).negative_outlier_factor_

    factors = factors_of(points, workers, metric)

    np.testing.assert_allclose(factors.values, expected, rtol=1e-5)


def test_a_row_far_from_all_is_the_first_outlier(workers: Workers) -> None:
    points = random(0, 200, 5)
    points[77] += 30
    factors = factors_of(points, workers)

    found = outliers(factors, np.arange(200))

    assert found is not None
    assert (found.most[0].row, found.k, found.limit) == (77, 20, 1.5)
    assert found.most[0].distance == pytest.approx(np.sort(np.linalg.norm(points - points[77], axis=1))[20])
    assert found.outlier_rows == (factors.values > 1.5).sum() == len(found.most)


def test_a_heap_of_equal_rows_makes_nobody_infinitely_far(workers: Workers) -> None:
    points = random(0, 200, 5)
    points[:60] = 0

    factors = factors_of(points, workers).values

    assert np.isfinite(factors).all()
    assert (factors[:60] == 1).all()
    np.testing.assert_allclose(factors[60:], factors_of(points[59:], workers).values[1:], rtol=1e-6)
    assert (factors_of(np.ones((40, 3)), workers).values == 1).all()


def one_hot(sizes: list[int]) -> np.ndarray:
    return np.repeat(np.eye(len(sizes)), sizes, axis=0)


def binary(n: int) -> np.ndarray:
    """Rows of which most tie with others at the border of their neighborhoods, and some are equal."""
    return np.random.default_rng(0).integers(0, 2, (n, 9)).astype(np.float64)


def paper_factors(points: np.ndarray, k: int = 20) -> np.ndarray:
    """The paper's definitions word for word, of the distinct rows; copies come first among k, and count 1."""
    distinct, group, sizes = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    apart = np.linalg.norm(distinct[:, None] - distinct, axis=2).astype(np.float32).astype(np.float64)
    np.fill_diagonal(apart, np.inf)
    reach = np.sort(apart, axis=1)[:, k - 1]
    near = [np.flatnonzero(line <= border) for line, border in zip(apart, reach, strict=True)]
    density = np.array([1 / np.mean(np.maximum(apart[row, rows], reach[rows])) for row, rows in enumerate(near)])
    factors = np.array([density[rows].mean() / density[row] for row, rows in enumerate(near)])
    copies = np.minimum(sizes - 1, k)
    return np.asarray((copies + (k - copies) * factors)[group.ravel()] / k)


@pytest.mark.parametrize("k", [21, 60, 399])
def test_all_rows_as_far_as_the_last_neighbor_count_however_wide_the_table(k: int, workers: Workers) -> None:
    points = binary(400)

    np.testing.assert_allclose(factors_of(points, workers, k=k).values, paper_factors(points), rtol=1e-5)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("make", [binary, lambda n: one_hot([1, 2, 5, 20, 21, 22, 60, 100]), lambda n: random(0, n, 6)])
def test_the_order_of_rows_leaves_outlier_factors_and_copies_draw_them_to_one(
    make: Callable[[int], np.ndarray], metric: Metric, workers: Workers
) -> None:
    points = make(250)
    order = np.random.default_rng(1).permutation(len(points))
    factors = factors_of(points, workers, metric).values

    np.testing.assert_allclose(factors_of(points[order], workers, metric).values, factors[order], rtol=1e-9)
    if len(np.unique(points, axis=0)) == len(points):
        for times, others in ((2, 19 / 20), (11, 10 / 20), (50, 0)):
            repeated = factors_of(np.repeat(points, times, axis=0), workers, metric).values
            expected = np.repeat(1 + others * (factors - 1), times)
            np.testing.assert_allclose(repeated, expected, rtol=1e-9)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_heaps_of_equal_rows_make_no_outliers_and_hide_none(metric: Metric, workers: Workers) -> None:
    kinds = one_hot([*range(1, 25), 200, 300])
    heaps = np.repeat(random(0, 40, 4) + 9, 25, axis=0)
    assert (factors_of(kinds, workers, metric).values == pytest.approx(1)) is True
    usual = outliers(factors_of(heaps, workers, metric), np.arange(1000))

    far = np.concatenate([heaps, np.tile([[90.0, -90, 90, -90]], (3, 1))])
    found = outliers(factors_of(far, workers, metric), np.arange(1003))

    assert usual is not None
    assert found is not None
    assert usual.outlier_rows == 0
    assert [one.row for one in found.most[:3]] == [1000, 1001, 1002]
    assert found.most[0].factor > 3


def test_outliers_are_unknown_and_said_to_be_where_lists_end_and_looking_further_takes_too_long(
    monkeypatch: pytest.MonkeyPatch, workers: Workers
) -> None:
    points = np.concatenate([random(0, 150, 4), np.repeat(random(1, 1, 4), 150, axis=0)])
    whole = factors_of(points, workers).values
    assert "outliers-unknown" not in {one.code for one in compute_numbers(points, PCA_ONLY).notices}
    monkeypatch.setattr(distinct_neighbors, "_MOST_VALUES", 0)

    factors = factors_of(points, workers)
    numbers = compute_numbers(points, PCA_ONLY)

    known = ~np.isnan(factors.values)
    assert 150 < known.sum() < 300
    np.testing.assert_array_equal(factors.values[known], whole[known])
    assert outliers(factors, np.arange(300)) is None
    assert numbers.diagnostics is not None
    assert numbers.diagnostics.outliers is None
    assert "outliers-unknown" in {one.code for one in numbers.notices}


# Labels


def test_agreement_and_confusion_count_the_labels_of_neighbors(workers: Workers) -> None:
    points, codes = random(0, 120, 3), np.random.default_rng(1).integers(-1, 3, 120)
    near = codes[table_of(points, workers).indices[:, :10]]
    pairs = Counter((a, b) for a, line in zip(codes, near, strict=True) for b in line if a >= 0 and b >= 0)
    shares = [(line == own).sum() / (line >= 0).sum() for own, line in zip(codes, near, strict=True) if own >= 0]

    found = agreement_of(points, labels_of(codes.tolist()), workers)

    assert found.agreement == pytest.approx(np.mean(shares))
    assert found.confusion.counts == tuple(tuple(pairs[a, b] for b in range(3)) for a in range(3))
    assert (found.labeled_rows, found.unlabeled_rows) == ((codes >= 0).sum(), (codes < 0).sum())
    assert [one.rows for one in found.classes] == [(codes == code).sum() for code in range(3)]
    for code, one in enumerate(found.classes):
        others = {other: pairs[code, other] for other in range(3) if other != code}
        assert one.nearest_other == "abc"[max(others, key=lambda other: (others[other], -other))]
        total = sum(pairs[code, other] for other in range(3))
        assert one.nearest_other_share == pytest.approx(max(others.values()) / total)


def test_shuffled_labels_agree_as_often_as_expected(workers: Workers) -> None:
    codes = np.random.default_rng(0).choice(3, 3000, p=[0.6, 0.3, 0.1])

    found = agreement_of(random(0, 3000, 3), labels_of(codes.tolist()), workers)

    assert found.expected_agreement == pytest.approx(0.46, abs=0.03)
    assert found.agreement == pytest.approx(found.expected_agreement, abs=0.02)


def test_a_label_its_neighbors_contradict_is_suspected_and_named(workers: Workers) -> None:
    points = np.concatenate([random(0, 40, 4), random(1, 40, 4) + 50])
    codes = [0] * 40 + [1] * 40
    codes[5] = 1
    codes[60] = 2
    codes[61] = -1

    found = agreement_of(points, labels_of(codes), workers)

    assert found.suspected_rows == 2
    assert found.suspected_share == 2 / 80
    assert {(one.row, one.label, one.suggested) for one in found.suspected} == {(5, "b", "a"), (60, "c", "b")}
    assert all(one.neighbor_share >= 0.9 for one in found.suspected)


def test_every_row_knows_how_many_neighbors_contradict_a_suspected_label(workers: Workers) -> None:
    codes = np.random.default_rng(1).permutation(np.repeat([0, 1, -1], [150, 15, 15]))
    points = random(0, 180, 3)
    found = agreement_of(points, labels_of(codes.tolist()), workers)

    shares = suspected_shares(table_of(points, workers), codes)

    np.testing.assert_array_equal(np.isnan(shares), codes < 0)
    listed = {one.row: one.neighbor_share for one in found.suspected}
    assert 0 < len(listed) == found.suspected_rows
    assert {row: shares[row] for row in np.flatnonzero(shares > 0)} == pytest.approx(listed)
    assert not np.nan_to_num(suspected_shares(table_of(points[:8], workers), codes[:8])).any()


def test_eight_of_ten_neighbors_are_not_enough_and_missing_labels_agree_with_none(workers: Workers) -> None:
    line = np.arange(11, dtype=float)[:, None] ** 1.01

    def suspected(others: list[int]) -> int:
        return agreement_of(line, labels_of([0, *others]), workers).suspected_rows

    assert suspected([1] * 9 + [0]) >= 1
    assert suspected([1] * 8 + [0, 0]) == 0
    assert suspected([1] * 8 + [-1, -1]) == 0


def test_more_classes_than_the_confusion_names_are_taken_together(workers: Workers) -> None:
    codes = np.arange(600) % 60
    labels = labels_of(codes.tolist(), tuple(f"class {code}" for code in range(60)))

    confusion = agreement_of(random(0, 600, 3), labels, workers).confusion

    assert (len(confusion.values), confusion.has_other, len(confusion.counts)) == (50, True, 51)
    assert sum(map(sum, confusion.counts)) == 6000


def test_thousands_of_classes_are_counted_like_few(workers: Workers) -> None:
    codes = np.random.default_rng(0).integers(0, 3, 200)
    few = agreement_of(random(0, 200, 3), labels_of(codes.tolist()), workers)
    many_values = ("a", "b", "c", *(f"unused {number}" for number in range(3000)))
    many = agreement_of(random(0, 200, 3), labels_of(codes.tolist(), many_values), workers)

    assert (many.classes, many.agreement, many.suspected) == (few.classes, few.agreement, few.suspected)


def test_a_single_class_agrees_with_itself_and_no_labels_say_nothing(workers: Workers) -> None:
    points = random(0, 30, 3)
    one = agreement_of(points, labels_of([0] * 30, ("a",)), workers)
    table, none = table_of(points, workers), labels_of([-1] * 30)

    assert (one.agreement, one.expected_agreement, one.suspected_rows, one.classes[0].nearest_other) == (1, 1, 0, None)
    assert np.isnan(agreeing_shares(table, none.codes)).all()
    assert label_agreement(table, none, agreeing_shares(table, none.codes), np.arange(30)) is None


# The rows as a whole


def test_norms_are_those_of_numpy_whatever_their_size(workers: Workers) -> None:
    values = random(0, 100, 7)
    for power in (-600, 0, 600):
        scaled = np.ldexp(values, power)
        lengths = np.ldexp(np.linalg.norm(values, axis=1), power)
        norms = row_norms(scaled, workers)
        found = norm_distribution(norms)

        np.testing.assert_allclose(norms, lengths, rtol=1e-12)
        assert found is not None
        quartiles = [found.minimum, found.lower_quartile, found.median, found.upper_quartile, found.maximum]
        np.testing.assert_allclose(quartiles, np.quantile(lengths, [0, 0.25, 0.5, 0.75, 1]), rtol=1e-12)
        assert found.mean == pytest.approx(lengths.mean())
        assert found.variation == pytest.approx(np.std(lengths / lengths.mean()))


def test_the_spectrum_counts_directions(workers: Workers) -> None:
    values = random(0, 80, 6) * [5, 3, 2, 1, 0.5, 0.1]
    singular = np.linalg.svd(values - values.mean(axis=0), compute_uv=False)
    shares = singular / singular.sum()

    for points in (values, np.concatenate([values, np.zeros((80, 200))], axis=1)):
        squares = principal_components(points, workers).squares
        assert squares is not None
        found = spectrum(squares, *points.shape)
        assert found.effective_rank == pytest.approx(np.exp(-(shares * np.log(shares)).sum()))
        assert found.participation_ratio == pytest.approx((singular**2).sum() ** 2 / (singular**4).sum())
        assert found.full_rank == min(79, points.shape[1])


def test_isotropy_is_the_mean_cosine_of_all_pairs(workers: Workers) -> None:
    values = random(0, 60, 4) + 0.5
    values[7] = 0
    units = np.delete(values, 7, axis=0)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    cosines = units @ units.T

    found = isotropy(values, row_norms(values, workers), workers)

    assert found.mean_cosine == pytest.approx(cosines[~np.eye(59, dtype=bool)].mean())
    assert found.mean_direction == pytest.approx(np.linalg.norm(units.mean(axis=0)))


def test_parallel_rows_point_all_one_way_and_opposite_ones_nowhere(workers: Workers) -> None:
    parallel, opposite = np.arange(1, 9)[:, None] * [1.0, 2, 3], np.array([[1.0, 2], [-2, -4]])

    assert isotropy(parallel, row_norms(parallel, workers), workers).mean_cosine == pytest.approx(1)
    assert isotropy(opposite, row_norms(opposite, workers), workers).mean_cosine == pytest.approx(-1)
    assert isotropy(np.zeros((5, 2)), np.zeros(5), workers).mean_cosine is None


# All of it


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((1, 3)),
        np.ones((2, 3)),
        np.arange(9.0).reshape(3, 3),
        np.full((40, 3), 7.5),
        np.ldexp(random(0, 30, 3), 900),
        np.where(np.arange(40)[:, None] % 3 == 0, np.nan, random(0, 40, 3)),
        random(0, 11, 3),
    ],
    ids=["one row", "two equal", "three", "constant", "huge", "with NaN", "eleven"],
)
def test_any_rows_at_all_are_diagnosed_with_finite_figures(values: np.ndarray) -> None:
    labels = labels_of([0, 1, -1] * 14)
    labels = RowLabels(column="class", codes=labels.codes[: len(values)], values=labels.values)

    found = diagnosed(values, (labels,))

    finite = np.isfinite(values).all(axis=1)
    assert found.rows == finite.sum()
    assert found.norms is not None
    assert np.isfinite([found.norms.mean, found.norms.maximum, found.norms.standard_deviation]).all()
    assert found.exact_duplicates is not None
    for figure in found.figures:
        assert figure.values.shape == finite.shape
        assert figure.values.dtype == np.float32
        assert not np.isinf(figure.values).any()
        assert np.isnan(figure.values[~finite]).all()


def test_nothing_finite_leaves_nothing_to_diagnose() -> None:
    assert compute_numbers(np.full((5, 2), np.nan), PCA_ONLY).diagnostics is None


def test_the_figures_of_rows_have_their_promised_names() -> None:
    values = random(0, 70, 4)
    values[1], values[3] = values[0], values[2] + 1e-4
    codes = [0] * 70
    codes[20] = 1
    numbers = compute_numbers(values, PCA_ONLY, labels=(labels_of(codes),))
    assert numbers.diagnostics is not None
    named = {figure.name: figure for figure in numbers.diagnostics.figures}

    of_labels = {"label_agreement_10:class", "suspected_label_10:class"}
    of_rows = {"hubness_10", "neighbor_distance_10", "outlier_factor_20", "norm", "equal_rows", "near_duplicates"}
    measures = [f"{name}_{k}" for k in (10, 30) for name in ("neighbors_kept", "trustworthiness", "continuity")]
    assert set(named) == of_rows | of_labels | {f"{one}@{p.name}" for p in numbers.projections for one in measures}
    assert (named["hubness_10"].values.sum(), named["hubness_10"].unit) == (700, "count")
    assert np.flatnonzero(named["equal_rows"].values).tolist() == [0, 1]
    assert np.flatnonzero(named["near_duplicates"].values).tolist() == [2, 3]
    assert np.flatnonzero(named["suspected_label_10:class"].values).tolist() == [20]
    np.testing.assert_array_equal(named["neighbor_distance_10"].values, numbers.cosine.distances[:, 9])
    for projection in numbers.projections:
        kept = named[f"neighbors_kept_10@{projection.name}"]
        assert kept.projection == projection.name
        assert projection.neighbors_kept == projection.faithfulness[0].neighbors_kept
        assert projection.neighbors_kept == pytest.approx(kept.values.mean(), abs=1e-6)


def test_figures_of_what_there_is_none_of_are_not_made() -> None:
    found = diagnosed(random(0, 70, 4), (labels_of([0] * 70),))

    names = {figure.name for figure in found.figures}
    assert not names & {"equal_rows", "near_duplicates", "suspected_label_10:class"}


def test_times_a_neighbor_that_are_not_whole_are_no_count() -> None:
    named = {figure.name: figure for figure in diagnosed(tying_rows("whole numbers")).figures}

    assert named["hubness_10"].unit == "ratio"
    assert named["hubness_10"].values.sum() == pytest.approx(1200)


def test_labels_of_more_columns_than_are_compared_are_announced() -> None:
    values = np.random.default_rng(0).standard_normal((40, 4)).astype(np.float32)
    codes = np.tile(np.array([0, 1], np.int32), 20)
    labels = tuple(RowLabels(column=f"c{number}", codes=codes, values=("a", "b")) for number in range(21))
    numbers = compute_numbers(values, ComputeSettings(projections=("pca",)), labels=labels)
    assert numbers.diagnostics is not None
    assert len(numbers.diagnostics.labels) == 20
    assert [notice.code for notice in numbers.notices if notice.code == "labels-not-compared"]


@pytest.mark.parametrize("neighbors", [10, 30])
def test_ties_are_seen_at_the_last_neighbor_also_where_layouts_place_a_sample(neighbors: int) -> None:
    # Pairs of equal rows on a line: nearly every neighbor is as far as another.
    place = np.repeat(np.arange(150), 2)
    values = np.stack([place, np.ones(300)], axis=1).astype(np.float32)

    def found(layout_points: int | None) -> tuple[object, dict[str, bytes]]:
        settings = ComputeSettings(
            neighbors=neighbors, metric="euclidean", preset="fast", layout_points=layout_points, jobs=1
        )
        numbers = compute_numbers(values, settings)
        assert numbers.cosine.indices.shape == (300, neighbors)
        shown = numbers.diagnostics
        assert shown is not None
        kept = {one.name: one.values.tobytes() for one in shown.figures if f"_{neighbors}@pca" in one.name}
        return (shown.tied_rows, shown.hubness), kept

    assert found(100) == found(None)
    assert len(found(100)[1]) == 6
