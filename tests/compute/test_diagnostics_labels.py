"""Whether neighbors bear the same label, by counting by hand."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from diagnosed_rows import labels_of, random, table_of

from embreport.compute.diagnosis.label_agreement import agreeing_shares, label_agreement, suspected_shares
from embreport.compute.threads import Workers
from embreport.diagnostics import LabelAgreement
from embreport.model import RowLabels


def agreement_of(points: np.ndarray, labels: RowLabels, workers: Workers) -> LabelAgreement:
    table = table_of(points, workers)
    found = label_agreement(table, labels, agreeing_shares(table, labels.codes), np.arange(len(points)))
    assert found is not None
    return found


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
