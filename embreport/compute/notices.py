"""The notices the numbers can carry: one function each, with its stable code."""

from __future__ import annotations

from embreport.compute.approximate import SAMPLED_ROWS
from embreport.model import Notice, Severity

_GOOD_RECALL = 0.95


def rows_left_out(missing: int, total: int) -> Notice:
    """Some rows hold NaN or Inf."""
    message = (
        f"{_rows(missing)} of {total:,} hold NaN or Inf. They stay in the report with their metadata, "
        "without a place in the projections and without neighbors."
    )
    return Notice(code="rows-not-finite", severity="warning", message=message)


def nothing_finite(total: int) -> Notice:
    """No row is finite."""
    message = f"All {_rows(total)} hold NaN or Inf, so there is nothing to project and there are no neighbors."
    return Notice(code="no-finite-rows", severity="warning", message=message)


def rows_not_taken(taken: int, total: int, seed: int) -> Notice:
    """`--max-points` took a sample of the rows."""
    message = (
        f"{taken:,} of {_rows(total)} are in the report, chosen at random with seed {seed} (--max-points). Figures, "
        "neighbors and pictures are those of the chosen rows, which keep their row numbers."
    )
    return Notice(code="rows-sampled", severity="info", message=message)


def sampled_layouts(placed: int, total: int, methods: str, seed: int) -> Notice:
    """The layouts place a sample of the points."""
    message = (
        f"{placed:,} of {total:,} points placed by {methods}, chosen with seed {seed} so that sparse regions stay "
        "visible; --layout-points all places every point."
    )
    return Notice(code="layout-sampled", severity="info", message=message)


def zero_rows(count: int) -> Notice:
    """Some rows are all zero, which has no direction."""
    message = f"{_rows(count)} {_are(count)} all zero. Their cosine distance to every row is 1."
    return Notice(code="zero-rows", severity="info", message=message)


def duplicate_rows(count: int, total: int) -> Notice:
    """Some rows equal an earlier one."""
    message = f"{_rows(count)} of {total:,} {'equals' if count == 1 else 'equal'} an earlier row, value for value."
    return Notice(code="duplicate-rows", severity="info", message=message)


def constant_rows(total: int) -> Notice:
    """All rows are equal."""
    message = f"All {_rows(total)} are equal, so no projection can tell them apart."
    return Notice(code="constant-data", severity="warning", message=message)


def fewer_neighbors(asked: int, kept: int) -> Notice:
    """There are fewer other rows than neighbors asked for."""
    if kept == 0:
        message = "No neighbors are kept: there is no other row."
    else:
        kept_words = "1 neighbor is" if kept == 1 else f"{kept:,} neighbors are"
        message = f"{kept_words} kept per point instead of {asked:,}: there are no more other rows."
    return Notice(code="fewer-neighbors", severity="info", message=message)


def approximate_neighbors(rows: int, k: int, recall: dict[str, float]) -> Notice:
    """So many rows that the search for neighbors may miss some; `recall` is the share found, by metric."""
    shares = " and ".join(f"{100 * share:.1f} % by {metric} distance" for metric, share in recall.items())
    message = (
        f"Neighbors of {_rows(rows)} are searched approximately, as there are too many pairs to compare: of the true "
        f"{k:,} nearest, {shares} are found, measured on {_rows(SAMPLED_ROWS)}. Every distance shown is exact."
    )
    severity: Severity = "info" if min(recall.values()) >= _GOOD_RECALL else "warning"
    return Notice(code="approximate-neighbors", severity=severity, message=message)


def lower_perplexity(asked: float, used: float, rows: int) -> Notice:
    """The perplexity does not fit the number of rows."""
    message = f"t-SNE uses perplexity {used:.3g} instead of {asked:g}, a third of the other {_rows(rows - 1)}."
    return Notice(code="perplexity-lowered", severity="info", message=message)


def fewer_umap_neighbors(asked: int, rows: int) -> Notice:
    """UMAP's neighborhoods are as large as the data."""
    message = f"UMAP uses {rows:,} neighbors instead of {asked:,}, a row itself included: there are no more rows."
    return Notice(code="umap-neighbors-lowered", severity="info", message=message)


def scaled_components(exponent: int) -> Notice:
    """PCA coordinates do not fit 32-bit numbers."""
    message = f"The values are so large or small that the PCA coordinates are shown divided by 2^{exponent}."
    return Notice(code="pca-scaled", severity="warning", message=message)


def distances_overflow(rows: int) -> Notice:
    """Some euclidean distances exceed the range of float32."""
    message = f"Euclidean distances of {_rows(rows)} are beyond 3.4e38 and are shown as infinite."
    return Notice(code="distances-infinite", severity="warning", message=message)


def too_few_for_layout(rows: int) -> Notice:
    """Too few points for t-SNE and UMAP to arrange."""
    message = f"{_rows(rows)} {_are(rows)} too few for a layout, so every view shows the principal components."
    return Notice(code="too-few-rows", severity="info", message=message)


def without_numba(rows: int) -> Notice:
    """t-SNE is scikit-learn's, for want of numba."""
    message = (
        f"numba is not installed, so scikit-learn's t-SNE places the {_rows(rows)}, many times slower. "
        "Type: pip install numba"
    )
    return Notice(code="numba-missing", severity="info", message=message)


def umap_failed(failures: dict[str, str]) -> Notice:
    """umap-learn crashed; `failures` has the reason by picture."""
    missing = f"{' and '.join(failures)} {'is' if len(failures) == 1 else 'are'} missing"
    message = f"{missing}, as umap-learn failed: {', and '.join(dict.fromkeys(failures.values()))}."
    return Notice(code="umap-failed", severity="warning", message=message)


def unsupervised(column: str) -> Notice:
    """scikit-learn's t-SNE takes no labels."""
    message = f"t-SNE is not supervised by “{column}”, which needs numba. Type: pip install numba"
    return Notice(code="supervision-needs-numba", severity="info", message=message)


def tied_neighbors(tied: int, total: int, metric: str) -> Notice:
    """Many rows have further neighbors as far as the tenth."""
    message = (
        f"{tied:,} of {_rows(total)} {_have(tied)} further neighbors as far as the 10th (by {metric} distance). Lists "
        "show those with the lowest row numbers, and layouts follow the lists; figures of the pictures, hubness and "
        "outliers count all of them alike."
    )
    return Notice(code="neighbors-tie", severity="info", message=message)


def unknown_hubness(metrics: str) -> Notice:
    """Lists of neighbors end before the ties in them do."""
    message = (
        f"How often rows are neighbors of others (hubness) is not known by {metrics} distance: more rows are equally "
        "far than the neighbor lists hold."
    )
    return Notice(code="hubness-unknown", severity="info", message=message)


def unknown_outliers(metric: str) -> Notice:
    """Neighborhoods of 20 distinct rows that neighbor lists do not hold."""
    message = (
        f"Outliers are not counted (by {metric} distance): neighbor lists end before 20 unequal rows and those as far "
        "as the 20th."
    )
    return Notice(code="outliers-unknown", severity="info", message=message)


def labels_not_compared(compared: int, columns: int) -> Notice:
    """More columns of labels than are compared with the neighbors."""
    message = (
        f"Of {columns:,} columns of labels the first {compared:,} are compared with the neighbors; keep others with "
        "--drop column:NAME for those not wanted."
    )
    return Notice(code="labels-not-compared", severity="info", message=message)


def _rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
