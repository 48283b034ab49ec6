"""What `templates/page.html.j2` is given: plain, finished data, nothing left to compute or to format.

The template receives one variable, `page`, a `PageContext`. Autoescape is on and undefined names are
errors. `Markup` fields are trusted text of our own making; every other string is untrusted and must be
escaped (the default). Numbers arrive as text, formatted.

Order in the document: head (charset, policy, title, style, script), the article of every embedding, the
manifest, the blocks in their order. The script stands before all that, so that a file that was cut short
can still say so; it starts its work at `DOMContentLoaded`.

    <meta http-equiv="Content-Security-Policy" content="{{ page.policy }}">   before any script or style
    <style>{{ page.css }}</style>
    <script id="embreport-script">{{ page.script }}</script>
    <article id="embedding-e0" data-embedding="e0">…</article>   and of every further one
    <script type="application/json" id="embreport-manifest">{{ page.manifest }}</script>
    {% for block in page.blocks %}<script type="application/octet-stream" id="{{ block.id }}">{{ block.text }}</script>
    {% endfor %}

The text between `<script id="embreport-script">` and `</script>` must be `page.script` alone, without a
line break added, or its hash does not match.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, kw_only=True)
class StillPicture:
    """One picture drawn at build time, for light and dark paper.

    `light` and `dark` are `data:image/png` addresses. `width` and `height` are the CSS pixels it was drawn
    for (960 x 600, small ones 480 x 300); `alt` is a full sentence; `caption` stands under the picture.
    `projection` is its promised name ("tsne3d").
    """

    projection: str
    light: str
    dark: str
    width: int
    height: int
    alt: str
    caption: str


@dataclass(frozen=True, kw_only=True)
class DigestItem:
    """A count worth a look: `count` is formatted ("214"), `text` goes on after it ("exact duplicates").

    `code` is stable: "left-out", "suspected-labels", "duplicates", "near-duplicates", "zero-rows", "outliers" or
    "warnings". `figure` names the figure to color by that shows which rows are meant, "" for none.
    """

    code: str
    count: str
    text: str
    figure: str = ""


@dataclass(frozen=True, kw_only=True)
class LegendRow:
    """One row of the legend. `mark` is "dot", "ring", "other" or "none" (missing: hollow in `edge`).

    `light` and `dark` are #rrggbb, or empty for "none".
    """

    label: str
    count: str
    mark: str
    light: str
    dark: str


@dataclass(frozen=True, kw_only=True)
class Legend:
    """The legend of the picture as it opens. `by` names the column.

    A category legend has `rows` only. A number legend has `scale` with CSS color stops, low to high, and
    the texts of both ends; rows then hold at most "missing". Without a color column there is no legend.
    """

    by: str
    rows: tuple[LegendRow, ...]
    scale_light: tuple[str, ...] = ()
    scale_dark: tuple[str, ...] = ()
    low: str = ""
    high: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ProvenanceRow:
    """One line of "Where this comes from". `mono` asks for the monospace face (hashes)."""

    key: str
    text: str
    mono: bool = False


@dataclass(frozen=True, kw_only=True)
class FigureTable:
    """The table of figures: `heads` are the column heads, the first names the rows; each row has as many cells.

    `note` is a sentence below the table, `overall` says what holds for the embedding as a whole.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    overall: tuple[ProvenanceRow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class EmbeddingContext:
    """The article of one embedding, complete without scripts.

    `id` is "e0", "e1", … as in the manifest. `where` is run, tensor and step ("train, encoder/embedding,
    step 4,000"). `opening` is the picture the page opens with, None where nothing can be drawn (no finite
    row); `caption` stands under it. `stills` are the other methods, small. `notices` are sentences.
    """

    id: str
    run: str
    tensor: str
    title: str
    where: str
    headline: str
    digest: tuple[DigestItem, ...]
    opening: StillPicture | None
    caption: str
    legend: Legend | None
    stills: tuple[StillPicture, ...]
    figures: FigureTable
    provenance: tuple[ProvenanceRow, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SkippedRow:
    """A tensor that was not read: `where` is run and tensor, `reason` a sentence."""

    where: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PageBlock:
    """One payload block: `id` is the element's id ("block-e0-order"), `text` its base64."""

    id: str
    text: Markup


@dataclass(frozen=True, kw_only=True)
class PageContext:
    """Everything the template shows.

    `policy` is the content of the policy meta tag. `css` and `script` are the joined style sheets and the
    assembled script. `manifest` is JSON, safe inside a script element. `notices` are those of the whole
    log directory, as sentences.
    """

    title: str
    version: str
    policy: str
    css: Markup
    script: Markup
    manifest: Markup
    blocks: tuple[PageBlock, ...]
    embeddings: tuple[EmbeddingContext, ...]
    notices: tuple[str, ...]
    skipped: tuple[SkippedRow, ...]
