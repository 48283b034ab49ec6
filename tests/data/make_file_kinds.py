"""The same small tensor in every dress: tsv_kinds, metadata_kinds, sprite_kinds, image_folder, parquet_file.

Made with Python 3.11, numpy 2.4.6, Pillow 13.0.0, pyarrow (`MADE_BY` has its version): `python make_file_kinds.py`.
Each entry of a config is one case, named after what is special in it.
"""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet
from expectation import WORDS, embedding, fresh_logdir, seeded, table, tile, write_expected
from PIL import Image

VALUES = seeded(1200, 8, 3)
LABELS = WORDS[:8]
CONFIG = "projector_config.pbtxt"


def tsv(values: np.ndarray, separator: str = "\t", end: str = "\n", tail: str = "") -> str:
    return "".join(separator.join(f"{cell:.9g}" for cell in row) + tail + end for row in values)


def write_config(logdir: Path, entries: list[tuple[str, str, str, str]]) -> None:
    """Entries of (tensor name, tensor path, metadata path or "", further text)."""
    text = ""
    for tensor, path, metadata, more in entries:
        labels = f'  metadata_path: "{metadata}"\n' if metadata else ""
        text += f'embeddings {{\n  tensor_name: "{tensor}"\n  tensor_path: "{path}"\n{labels}{more}}}\n'
    (logdir / CONFIG).write_text(text)


def tsv_kinds() -> None:
    name = "tsv_kinds"
    logdir = fresh_logdir(name)
    odd = VALUES.astype(np.float64)
    odd[1], odd[2, 1], odd[3, 0], odd[4, 2] = np.nan, np.inf, -np.inf, 1e-40
    odd_text = tsv(odd).replace("inf", "1e999", 1).replace("nan", "NaN", 1)
    labelled = "".join(f"{word}\t{line}\n" for word, line in zip(LABELS, tsv(VALUES).split("\n"), strict=False))
    kinds: dict[str, tuple[bytes, np.ndarray]] = {
        "header": (("x\ty\tz\n" + tsv(VALUES)).encode(), VALUES),
        "labels_first": (labelled.encode(), VALUES),
        "crlf": (tsv(VALUES, end="\r\n").encode(), VALUES),
        "bom": (b"\xef\xbb\xbf" + tsv(VALUES).encode(), VALUES),
        "utf16": (tsv(VALUES).encode("utf-16"), VALUES),
        "trailing_tab": (tsv(VALUES, tail="\t").encode(), VALUES),
        "commas": (tsv(VALUES, separator=",").encode(), VALUES),
        "spaces": (tsv(VALUES, separator=" ").encode(), VALUES),
        "blank_lines": (("\n" + tsv(VALUES).replace("\n", "\n\n", 3) + "\n\n").encode(), VALUES),
        "no_last_end": (tsv(VALUES).rstrip("\n").encode(), VALUES),
        "not_finite": (odd_text.encode(), odd),
        "one_column": (tsv(VALUES[:, :1]).encode(), VALUES[:, :1]),
        "one_row": (tsv(VALUES[:1]).encode(), VALUES[:1]),
    }
    entries, embeddings = [], []
    for kind, (data, values) in kinds.items():
        (logdir / f"{kind}.tsv").write_bytes(data)
        entries.append((kind, f"{kind}.tsv", "", ""))
        more: dict[str, Any] = {"listed": True}
        if kind == "labels_first":
            more["metadata"] = table("labels_first.tsv", ["label"], [[word] for word in LABELS])
        embeddings.append(embedding(values, kind, "tsv", f"{kind}.tsv", **more))
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", filename="", mtime=0) as file:
        file.write(tsv(VALUES).encode())
    (logdir / "packed.tsv.gz").write_bytes(packed.getvalue())
    entries.append(("packed", "packed.tsv.gz", "", ""))
    embeddings.append(embedding(VALUES, "packed", "tsv", "packed.tsv.gz"))
    write_config(logdir, entries)
    about = "One tensor per kind of text file; of these TensorBoard takes crlf, not_finite and the plain ones only."
    write_expected(name, "by hand", about, embeddings, wanted="warn", say=["3 rows"])


def metadata_cases() -> dict[str, tuple[bytes, list[str], list[list[str | None]]]]:
    """What stands in the file, the columns, and the cells of the eight rows."""
    plain = [[word] for word in LABELS]
    two = [[word, str(len(word))] for word in LABELS]
    odd = ["007", "1.0", " ", "", '"a"', "x\x0by\x0cz", "a\u2028b\u0085c", "\u00a0 "]

    def lines(rows: list[list[str]], end: str = "\n") -> str:
        return "".join("\t".join(row) + end for row in rows)

    accents = ["caf\u00e9", "na\u00efve", *LABELS[2:]]
    ragged: list[list[str]] = [["apple", "5", "extra"], ["pear"], *two[2:]]
    return {
        "one_column": (lines(plain).encode(), ["label"], plain),
        "one_column_header": (lines([["fruit"], *plain]).encode(), ["fruit"], plain),
        "two_columns": (lines([["fruit", "letters"], *two]).encode(), ["fruit", "letters"], two),
        "two_columns_no_header": (lines(two).encode(), ["column 1", "column 2"], two),
        "crlf": (lines([["fruit", "letters"], *two], "\r\n").encode(), ["fruit", "letters"], two),
        "bom": (b"\xef\xbb\xbf" + lines([["fruit", "letters"], *two]).encode(), ["fruit", "letters"], two),
        "no_last_end": (lines(plain).rstrip("\n").encode(), ["label"], plain),
        "utf16": (lines(plain).encode("utf-16"), ["label"], plain),
        "latin1": (lines([[word] for word in accents]).encode("latin-1"), ["label"], [[word] for word in accents]),
        "odd_cells": (lines([[cell] for cell in odd]).encode(), ["label"], [[cell] for cell in odd]),
        "nul": (lines([["a\x00b"], *plain[1:]]).encode(), ["label"], [["a\x00b"], *plain[1:]]),
        "ragged": (
            lines([["fruit", "letters"], *ragged]).encode(),
            ["fruit", "letters"],
            [["apple", "5"], ["pear", None], *two[2:]],
        ),
        "double_columns": (
            lines([["name", "name", ""], *[[*row, "x"] for row in two]]).encode(),
            ["name", "name", ""],
            [[*row, "x"] for row in two],
        ),
        "header_only_blank": (("word\tkind\n" + lines([["", ""]] * 8)).encode(), ["word", "kind"], [["", ""]] * 8),
    }


def metadata_kinds() -> None:
    name = "metadata_kinds"
    logdir = fresh_logdir(name)
    (logdir / "vectors.tsv").write_text(tsv(VALUES))
    entries, embeddings = [], []
    for kind, (data, columns, cells) in metadata_cases().items():
        (logdir / f"{kind}.tsv").write_bytes(data)
        entries.append((kind, "vectors.tsv", f"{kind}.tsv", ""))
        labels = table(f"{kind}.tsv", columns, cells)
        embeddings.append(embedding(VALUES, kind, "tsv", "vectors.tsv", metadata=labels))
    write_config(logdir, entries)
    about = (
        "One tensor, a metadata file per kind. Column names that a file does not give are a reader's choice: `label`, "
        "`column 1`. In `ragged`, row 0 has a cell too many and row 1 one too few."
    )
    write_expected(name, "by hand", about, embeddings, wanted="warn", say=["ragged.tsv", "latin1.tsv", "utf16.tsv"])


COLORS = [(200, 30, 30), (30, 200, 30), (30, 30, 200), (200, 200, 30), (30, 200, 200), (200, 30, 200), (90, 90, 90)]
COLORS = [*COLORS, (240, 240, 240)]


def sheet_of(width: int, height: int, columns: int) -> Image.Image:
    """Flat tiles of COLORS, row-major."""
    rows = -(-len(COLORS) // columns)
    sheet = Image.new("RGB", (columns * width, rows * height))
    for number, color in enumerate(COLORS):
        place = (number % columns * width, number // columns * height)
        sheet.paste(color, (*place, place[0] + width, place[1] + height))
    return sheet


def sprite_kinds() -> None:
    """Eight tiles of 16 x 8 in two columns (or as said), so that JPEG blocks do not mix them."""
    name = "sprite_kinds"
    logdir = fresh_logdir(name)
    (logdir / "vectors.tsv").write_text(tsv(VALUES))
    sheet = sheet_of(16, 8, 2)
    clear = sheet.convert("RGBA")
    clear.putpixel((0, 0), (0, 0, 0, 0))
    deep = Image.fromarray(np.asarray(sheet.convert("L")).astype(np.uint16) * 257)
    tagged = Image.Exif()
    tagged[0x010E] = "secret description"
    saved = {
        "rgb.png": (sheet, {}),
        "rgba.png": (clear, {}),
        "palette.png": (sheet.quantize(16), {}),
        "palette_transparent.png": (sheet.quantize(16), {"transparency": 0}),
        "gray.png": (sheet.convert("L"), {}),
        "gray_alpha.png": (clear.convert("LA"), {}),
        "deep.png": (deep, {}),
        "one_bit.png": (sheet.convert("1", dither=Image.Dither.NONE), {}),
        "rgb.jpg": (sheet, {"quality": 95, "subsampling": 0, "exif": tagged}),
        "cmyk.jpg": (sheet.convert("CMYK"), {"quality": 95, "subsampling": 0}),
        "still.gif": (sheet, {}),
        "rgb.bmp": (sheet, {}),
        "lossless.webp": (sheet, {"lossless": True}),
        "one_column.png": (sheet_of(16, 8, 1), {}),
        "one_row.png": (sheet_of(16, 8, 8), {}),
        "last_row_part.png": (sheet_of(16, 8, 3), {}),
    }
    entries, embeddings = [], []
    for file, (image, options) in saved.items():
        image.save(logdir / file, **options)
        entries.append(sprite_entry(file, 16, 8))
        gray = file.startswith(("gray", "deep", "one_bit"))
        entry = embedding(VALUES, file, "tsv", "vectors.tsv", sprite=tile(file, 16, 8))
        entry["colors"] = None if gray else [list(color) for color in COLORS]
        embeddings.append(entry)
    for file, width, height in [("too_small.png", 16, 8), ("zero_tile.png", 0, 8), ("tile_too_wide.png", 64, 8)]:
        (sheet_of(16, 8, 2).crop((0, 0, 32, 16)) if file == "too_small.png" else sheet).save(logdir / file)
        entries.append(sprite_entry(file, width, height))
        embeddings.append(embedding(VALUES, file, "tsv", "vectors.tsv", sprite_trouble=True))
    write_config(logdir, entries)
    about = (
        "Eight flat tiles, `colors` within 6 of 255 in lossy files (the top left pixel of rgba.png is transparent); "
        "`sprite_trouble`: a notice, and no thumbnail at a row that is not its own. rgb.jpg carries an EXIF text."
    )
    write_expected(name, "Pillow 13.0.0", about, embeddings, wanted="warn", say=["too_small.png", "zero_tile.png"])


def sprite_entry(file: str, width: int, height: int) -> tuple[str, str, str, str]:
    more = (
        f'  sprite {{\n    image_path: "{file}"\n    single_image_dim: {width}\n    single_image_dim: {height}\n  }}\n'
    )
    return file, "vectors.tsv", "", more


def image_folder() -> None:
    """No sprite: a column of paths, one of them missing, one leading outside."""
    name = "image_folder"
    logdir = fresh_logdir(name)
    (logdir / "vectors.tsv").write_text(tsv(VALUES))
    (logdir / "images").mkdir()
    cells: list[list[str | None]] = []
    for row, (word, color) in enumerate(zip(LABELS, COLORS, strict=True)):
        path = f"images/{word}.png"
        Image.new("RGB", (10 + row, 12), color).save(logdir / path)
        cells.append([word, path])
    cells[3][1], cells[5][1] = "images/gone.png", "../../sprite_kinds/logdir/rgb.png"
    rows = [["word", "image"], *cells]
    (logdir / "labels.tsv").write_text("".join("\t".join(map(str, row)) + "\n" for row in rows))
    write_config(logdir, [("vectors", "vectors.tsv", "labels.tsv", "")])
    labels = table("labels.tsv", ["word", "image"], cells)
    # The tiles are as wide and high as the widest and highest image.
    found = embedding(VALUES, "vectors", "tsv", "vectors.tsv", metadata=labels, sprite=tile("images", 17, 12))
    about = "Images of differing size by a column of paths; row 3's is missing, row 5's lies outside of the logdir."
    write_expected(name, "Pillow 13.0.0", about, [found], wanted="warn", say=["images/gone.png"])


def parquet_file() -> None:
    """A list column and flat columns: what data frames of vectors look like."""
    name = "parquet_file"
    logdir = fresh_logdir(name)
    lists = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(VALUES.ravel()), 3)
    listed = pyarrow.table({"word": LABELS, "letters": [len(word) for word in LABELS], "embedding": lists})
    pyarrow.parquet.write_table(listed, logdir / "listed.parquet")
    flat = pyarrow.table({"word": LABELS} | {f"dim_{axis}": VALUES[:, axis] for axis in range(3)})
    pyarrow.parquet.write_table(flat, logdir / "flat.parquet", compression="gzip")
    cells = [[word, str(len(word))] for word in LABELS]
    embeddings = [
        embedding(
            VALUES,
            "embedding",
            "parquet",
            "listed.parquet",
            metadata=table("listed.parquet", ["word", "letters"], cells),
            listed=False,
        ),
        embedding(
            VALUES,
            "flat",
            "parquet",
            "flat.parquet",
            metadata=table("flat.parquet", ["word"], [[word] for word in LABELS]),
            listed=False,
        ),
    ]
    about = "No config. Vectors as one fixed-size list column, and as a column per dimension."
    write_expected(name, f"pyarrow {pyarrow.__version__}", about, embeddings)


if __name__ == "__main__":
    for make in [tsv_kinds, metadata_kinds, sprite_kinds, image_folder, parquet_file]:
        make()
