"""Images in files of their own in place of a sprite sheet: named by a column of paths, or numbered in a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

from embreport.assets import LARGEST_IMAGE_FILE, fitting_tile, size_of_image
from embreport.errors import InputError
from embreport.logdir.context import Context, read_table_of
from embreport.logdir.paths import is_inside, label_of, path_parts
from embreport.logdir.tree import Folder
from embreport.model import Column, MetadataSummary, Notice
from embreport.readers import InputFile

_IMAGE_NAME = re.compile(r"\.(?:png|jpe?g|gif|bmp|webp)$", re.IGNORECASE)
_NUMBER_AT_END = re.compile(r"^(.*?)(\d{1,9})$", re.DOTALL)
_FOLDER_NAMES = ("images", "image", "img", "imgs", "thumbnails", "thumbs", "sprites", "pictures")
_SHORT_HEAD, _LONG_HEAD = 1 << 12, 1 << 20
_MOST_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class ImageRows:
    """One image file, or None, for each row; `label` names the folder or file they come from."""

    label: str
    files: tuple[InputFile | None, ...]
    tile: tuple[int, int]

    def rows_of_files(self) -> list[list[int]]:
        """The rows of each file, symbolic links followed, in the order in which the files come first."""
        rows: dict[str, list[int]] = {}
        for row, file in enumerate(self.files):
            if file:
                rows.setdefault(os.path.realpath(file.path), []).append(row)
        return list(rows.values())

    def read(self, row: int) -> bytes | None:
        """The bytes of a row's file, none of them where it cannot be read; None where there is no file."""
        file = self.files[row]
        try:
            return file.read(LARGEST_IMAGE_FILE, "An image") if file else None
        except InputError:
            return b""


@dataclass(kw_only=True)
class ImageSearch:
    """Looks for the images of a tensor with `count` rows; what it has to say is in `notices`."""

    context: Context
    folder: Folder
    count: int
    notices: list[Notice] = field(default_factory=list)

    def named_folder(self, spelled: str) -> Folder | None:
        """The folder that a config gives in place of a sprite sheet; None where it gives no folder."""
        path = Path(os.path.normpath(self.folder.path / spelled.replace("\0", "")))
        return next((folder for folder in self.context.tree.folders if spelled and folder.path == path), None)

    def of_folder(self, folder: Folder, where: str | None = None) -> ImageRows | None:
        """The images of a folder by their numbers, or in the order of their names where there is one for each row."""
        where = where or folder.label
        files = self._by_number(folder)
        if files is None:
            names = [name for name in folder.files if _IMAGE_NAME.search(name)]
            if len(names) != self.count:
                self._warn(
                    "images-unfit",
                    f"The folder “{folder.label}” holds {len(names):,} images for {self.count:,} vectors, and their "
                    "names are no row numbers. Name them 0.png, 1.png, and so on.",
                    where,
                )
                return None
            files = [folder.file(name) for name in sorted(names, key=lambda name: (_natural(name), name))]
            message = f"The {len(names):,} images in “{folder.label}” were taken in the order of their names."
            self.notices.append(Notice(code="images-by-name", severity="info", message=message, where=where))
        if None in files:
            absent, first = files.count(None), files.index(None)
            message = f"{absent:,} of {self.count:,} vectors have no image; the first is row {first:,}."
            self._warn("images-missing", message, folder.label)
        return self._rows(folder.label, files, folder.label)

    def beside(self) -> ImageRows | None:
        """The images of a folder with a usual name, where there is exactly one, numbered, for each row."""
        for name in _FOLDER_NAMES:
            folder = self.context.tree.child(self.folder, name) if name in self.folder.folders else None
            files = self._by_number(folder) if folder else None
            if folder and files and None not in files:
                message = f"No sprite is given; the {len(files):,} numbered images in “{folder.label}” were taken."
                self.notices.append(Notice(code="images-found", severity="info", message=message, where=folder.label))
                return self._rows(folder.label, files, folder.label)
        return None

    def in_column(self, metadata: InputFile, summary: MetadataSummary) -> ImageRows | None:
        """The images that a column of paths names, relative to the metadata file, the config or the log directory."""
        if not any(_IMAGE_NAME.search(cell) for cell in (*summary.first, *summary.last)):
            return None
        try:
            columns = read_table_of(metadata, self.count).for_rows(self.count).columns
        except InputError:
            return None
        return self.in_columns(columns, metadata)

    def in_columns(self, columns: Iterable[Column], metadata: InputFile) -> ImageRows | None:
        """The images that one of the columns, which stand in a file, names."""
        for column in columns:
            if _names_images(column):
                rows = self._of_column(column, metadata)
                if rows:
                    return rows
        return None

    def _of_column(self, column: Column, metadata: InputFile) -> ImageRows | None:
        files: list[InputFile | None] = []
        trouble: dict[str, list[tuple[int, str]]] = {"gone": [], "outside": []}
        for row, cell in enumerate(column.cells):
            file, reason = self._resolve(cell, metadata) if cell else (None, "gone")
            files.append(file)
            if file is None:
                trouble[reason].append((row, cell or ""))
        if not any(files) and not trouble["outside"]:
            files = self._at_ends_of_paths(column, metadata)
            trouble["gone"] = [item for item in trouble["gone"] if files and files[item[0]] is None]
        if not any(files) and not trouble["outside"]:
            return None
        self._tell_missing(column.name, trouble, metadata.label)
        return self._rows(_common_folder(files), files, metadata.label)

    def _at_ends_of_paths(self, column: Column, metadata: InputFile) -> list[InputFile | None]:
        """The files of most cells where these are paths of another machine: all cut alike, no two to one path."""
        paths = [tuple(path_parts(cell)) if cell else () for cell in column.cells]
        filled = [parts for parts in paths if parts]
        for cut in range(max(map(len, filled), default=0)):
            ends = ["/".join(parts[cut:]) for parts in paths]
            if len(set(ends)) < len(set(paths)) or not any(self._resolve(end, metadata)[0] for end in ends[:9] if end):
                continue
            files = [self._resolve(end, metadata)[0] if end else None for end in ends]
            if 2 * sum(map(bool, files)) > len(filled):
                taken = next(file.label for file in files if file)
                message = f"The column “{column.name}” has paths of another place; “{taken}” and the like were taken."
                self.notices.append(Notice(code="path-mended", severity="info", message=message, where=metadata.label))
                return files
        return []

    def _resolve(self, cell: str, metadata: InputFile) -> tuple[InputFile | None, str]:
        """The file that a cell names, or why there is none."""
        reason = "gone"
        parts = cell.replace("\0", "").replace("\\", "/")
        for start in (metadata.path.parent, self.folder.path, self.context.tree.root):
            path = Path(os.path.normpath(start / parts))
            file = InputFile(path=path, label=label_of(self.context.tree, path), inside=self.context.tree.inside)
            if file.exists():
                if is_inside(self.context.tree, path):
                    return file, ""
                reason = "outside"
        return None, reason

    def _tell_missing(self, column: str, trouble: dict[str, list[tuple[int, str]]], where: str) -> None:
        for reason, code, words in (
            ("gone", "images-missing", "name no file that is there"),
            ("outside", "outside-logdir", "lead out of the log directory and were not read"),
        ):
            rows = trouble[reason]
            if rows:
                cells = ", ".join(f"“{cell}” (row {row:,})" for row, cell in rows[:_MOST_NAMED])
                more = f", and {len(rows) - _MOST_NAMED:,} more" if len(rows) > _MOST_NAMED else ""
                hint = " If they can be trusted, give --allow-outside." if reason == "outside" else ""
                self._warn(
                    code,
                    f"{len(rows):,} of {self.count:,} cells of the column “{column}” {words}: {cells}{more}. "
                    f"These vectors have no image.{hint}",
                    where,
                )

    def _by_number(self, folder: Folder) -> list[InputFile | None] | None:
        """The images by the number that ends their names, counted from 0 or 1; None where that is not plain."""
        numbered: dict[int, str] = {}
        prefixes = set()
        for name in folder.files:
            match = _NUMBER_AT_END.match(os.path.splitext(name)[0]) if _IMAGE_NAME.search(name) else None
            if match:
                prefixes.add(match[1])
                numbered[int(match[2])] = name
            elif _IMAGE_NAME.search(name):
                return None
        images = sum(1 for name in folder.files if _IMAGE_NAME.search(name))
        first = 0 if 0 in numbered else 1
        plain = len(prefixes) == 1 and len(numbered) == images and max(numbered) < self.count + first
        if not plain or (first == 1 and self.count not in numbered):
            return None
        names = [numbered.get(row + first) for row in range(self.count)]
        return [folder.file(name) if name else None for name in names]

    def _rows(self, label: str, files: Sequence[InputFile | None], where: str) -> ImageRows | None:
        sizes = [size for file in files if file and (size := _size_of(file))]
        tile = fitting_tile(sizes, self.count)
        if tile is None:
            if any(files):
                self._warn("images-unusable", "None of the image files is a PNG, JPEG, GIF, BMP or WebP image.", where)
            return None
        for file in files:
            if file:
                self.context.use(file)
        return ImageRows(label=label, files=tuple(files), tile=tile)

    def _warn(self, code: str, message: str, where: str) -> None:
        self.notices.append(Notice(code=code, severity="warning", message=message, where=where))


def _names_images(column: Column) -> bool:
    """Whether most cells of a column are names of image files."""
    filled = [cell for cell in column.cells if cell]
    return bool(filled) and sum(bool(_IMAGE_NAME.search(cell)) for cell in filled) * 2 > len(filled)


def _size_of(file: InputFile) -> tuple[int, int] | None:
    """The size in an image's header, which in a photograph may come after much else."""
    try:
        with file.open() as stream:
            head = stream.read(_SHORT_HEAD)
            return size_of_image(head) or size_of_image(head + stream.read(_LONG_HEAD))
    except InputError:
        return None


def _natural(name: str) -> list[tuple[int, str]]:
    """A key by which `a9` comes before `a10`."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d{1,18})", name)]


def _common_folder(files: Sequence[InputFile | None]) -> str:
    """The folder that all files are in, `.` where they share none."""
    folders = [file.label.split("/")[:-1] for file in files if file]
    shared = takewhile(lambda parts: len(set(parts)) == 1, zip(*folders, strict=False))
    return "/".join(parts[0] for parts in shared) or "."
