"""Numbers and names as the page writes them."""

from __future__ import annotations

import math
from collections.abc import Mapping

from embreport.model import Projection

NO_BREAK = "\u00a0"
MINUS = "\u2212"
SPHERIZED = "pca-spherized"
_METHODS = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP", "custom": "Custom axes", "saved": "Saved view"}
_LONGEST_LABEL = 60
_CHOSEN = {
    "perplexity": "perplexity {}",
    "neighbors": "{} neighbors",
    "minimum distance": "min. distance {}",
    "metric": "{}",
    "supervised by": "supervised by {}",
    "supervision strength": "strength {}",
    "placed by": "placed by {}",
    "seed": "seed {}",
}


def count(number: int) -> str:
    """With commas: 6,000."""
    return f"{number:,}".replace("-", MINUS)


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """A count with its noun: "1 row", "6,000 rows"."""
    return f"{count(number)} {singular if number == 1 else plural or singular + 's'}"


def tied(number: int, singular: str, plural: str | None = None) -> str:
    """A count that stays on one line with its noun: a no-break space between them."""
    return counted(number, singular, plural).replace(" ", NO_BREAK)


def percent(share: float) -> str:
    """A share in whole percents with a no-break space: "48 %"; above 0 but rounding to 0 it is "< 1 %"."""
    whole = math.floor(share * 100 + 0.5)
    if whole == 0 and share > 0:
        return f"<{NO_BREAK}1{NO_BREAK}%"
    return f"{whole}{NO_BREAK}%".replace("-", MINUS)


def exact_percent(share: float) -> str:
    """A share with one decimal: "98.7 %"; below 1 it never reads as 100."""
    tenths = math.floor(share * 1000 + 0.5)
    return f"{min(tenths, 999 if share < 1 else 1000) / 10:.1f}{NO_BREAK}%".replace("-", MINUS)


def number(value: float) -> str:
    """A number of the data, short and readable, as templates/js/text/format.js writes it."""
    if not math.isfinite(value):
        return ""
    size = abs(value)
    if size != 0 and (size < 0.001 or size >= 1e9):
        mantissa, exponent = f"{value:.2e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
    elif size >= 1000 or value == int(value):
        text = f"{math.floor(size + 0.5):,}"
        text = f"-{text}" if value < 0 else text
    else:
        text = f"{value:.{1 if size >= 100 else 2 if size >= 1 else 3}f}".rstrip("0").rstrip(".")
    return text.replace("-", MINUS)


def signed_zero_free(text: str) -> str:
    """A formatted number without the sign of a zero: "-0.0" is "0.0", "-0.1" stays."""
    return text.lstrip("-") if text.startswith("-") and not text.strip("-0.,") else text


def sentence(text: str) -> str:
    """The text with a full stop, unless it ends with one already."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def shortened(text: str, longest: int = _LONGEST_LABEL) -> str:
    """One line of at most `longest` characters: white space runs become a space, the rest an ellipsis."""
    line = " ".join(text[: longest * 8].split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def method_name(method: str) -> str:
    """ "PCA", "t-SNE", "UMAP"."""
    return _METHODS.get(method, method)


def is_spherized(projection: Projection) -> bool:
    """Whether a projection is the PCA of the rows centered and scaled to length 1."""
    return projection.name == SPHERIZED


def drawn_dims(projection: Projection) -> int:
    """How many coordinates are drawn at once: at most three."""
    return min(projection.dims, 3)


def projection_name(projection: Projection) -> str:
    """The name of a projection in tables: "t-SNE 3D", "PCA 3D", "PCA 3D, spherized"."""
    name = f"{method_name(projection.method)} {drawn_dims(projection)}D"
    return f"{name}, spherized" if is_spherized(projection) else name


def verbal_name(projection: Projection) -> str:
    """The name of a projection in a sentence: "3D t-SNE", "PCA"."""
    name = method_name(projection.method)
    return name if projection.method == "pca" else f"{drawn_dims(projection)}D {name}"


def settings_phrase(settings: Mapping[str, str | int | float]) -> list[str]:
    """What the user chose for a projection, in words: ["perplexity 30", "cosine", "seed 0"]."""
    return [_CHOSEN[key].format(_value(value)) for key, value in settings.items() if key in _CHOSEN]


def further_settings(settings: Mapping[str, str | int | float]) -> list[str]:
    """The rest of the settings: ["iterations 750"]. The number of components of a PCA is not among them."""
    known = {*_CHOSEN, "components", "points"}
    return [f"{key} {_value(value)}" for key, value in settings.items() if key not in known]


def _value(value: str | int | float) -> str:
    return number(value) if isinstance(value, int | float) else value
