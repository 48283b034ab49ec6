"""The table of figures: what each projection keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from embreport.model import Projection
from embreport.views.captions import variance_drawn
from embreport.views.wording import percent, projection_name, settings_phrase


def figure_rows(projections: Sequence[Projection]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Heads and rows: projection, neighbors kept, variance. A column without any figure is left out."""
    names = distinct_names(projections)
    kept = ["" if p.neighbors_kept is None else percent(p.neighbors_kept) for p in projections]
    shares = [variance_drawn(projection) for projection in projections]
    variance = ["" if share is None else percent(share) for share in shares]
    columns = [("Projection", names), ("Neighbors kept", kept), ("Variance", variance)]
    used = [(head, cells) for head, cells in columns if any(cells) or head == "Projection"]
    heads = tuple(head for head, _ in used)
    return heads, tuple(zip(*(cells for _, cells in used), strict=True))


def distinct_names(projections: Sequence[Projection]) -> list[str]:
    """Names of projections; those that several share are told apart by their first setting."""
    plain = [projection_name(projection) for projection in projections]
    again = Counter(plain)
    names = []
    for projection, name in zip(projections, plain, strict=True):
        phrases = settings_phrase(projection.settings)
        names.append(f"{name}, {phrases[0]}" if again[name] > 1 and phrases else name)
    return names
