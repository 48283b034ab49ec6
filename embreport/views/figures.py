"""The table of figures: how true each projection is to the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from embreport.model import Faithfulness, Projection
from embreport.views.captions import variance_drawn
from embreport.views.wording import count, counted, exact_percent, percent, projection_name, settings_phrase

_MEASURED = 10


def figure_rows(projections: Sequence[Projection]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Heads and rows: projection, neighbors kept, trustworthiness, continuity, variance.

    All but the last are about 10 neighbors. A column without any figure is left out.
    """
    names = distinct_names(projections)
    kept = ["" if p.neighbors_kept is None else percent(p.neighbors_kept) for p in projections]
    shares = [variance_drawn(projection) for projection in projections]
    variance = ["" if share is None else percent(share) for share in shares]
    trusted = [_share(projection, "trustworthiness") for projection in projections]
    continuous = [_share(projection, "continuity") for projection in projections]
    columns = [
        ("Projection", names),
        ("Neighbors kept", kept),
        ("Trustworthiness", trusted),
        ("Continuity", continuous),
        ("Variance", variance),
    ]
    used = [(head, cells) for head, cells in columns if any(cells) or head == "Projection"]
    heads = tuple(head for head, _ in used)
    return heads, tuple(zip(*(cells for _, cells in used), strict=True))


def figures_note(projections: Sequence[Projection], points: int) -> str:
    """What the table is about, and what in it is estimated from some of `points`; "" where nothing was measured."""
    measured = [one for one in map(_faithfulness, projections) if one is not None]
    if not any(one.trustworthiness is not None or one.continuity is not None for one in measured):
        return ""
    about = f"Measured on the {_MEASURED} nearest neighbors of each point."
    return " ".join(filter(None, (about, estimates_note(projections, points))))


def estimates_note(projections: Sequence[Projection], points: int) -> str:
    """From how many of all `points` figures were estimated; "" where none were."""
    among = [one.reference_rows for p in projections for one in p.faithfulness if one.reference_rows is not None]
    if not among:
        return ""
    few = f"{count(max(among))} of the {counted(points, 'point')}"
    return f"Trustworthiness and continuity are estimated from {few}."


def _faithfulness(projection: Projection) -> Faithfulness | None:
    return next((one for one in projection.faithfulness if one.k == _MEASURED), None)


def _share(projection: Projection, name: str) -> str:
    measured = _faithfulness(projection)
    share = None if measured is None else getattr(measured, name)
    return "" if share is None else exact_percent(share)


def distinct_names(projections: Sequence[Projection]) -> list[str]:
    """Names of projections; those that several share are told apart by their first setting."""
    plain = [projection_name(projection) for projection in projections]
    again = Counter(plain)
    names = []
    for projection, name in zip(projections, plain, strict=True):
        phrases = settings_phrase(projection.settings)
        names.append(f"{name}, {phrases[0]}" if again[name] > 1 and phrases else name)
    return names
