"""`projector_config.pbtxt`: which tensors to show, and the labels, images and bookmarks that belong to them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from embreport.errors import InputError, LimitExceeded
from embreport.logdir.tree import Folder, Tree
from embreport.model import Notice
from embreport.readers.files import InputFile
from embreport.readers.messages import text_of
from embreport.readers.text_messages import LARGEST_TEXT, parse_text_message

CONFIG_NAME = "projector_config.pbtxt"
# A well-known tutorial misspells the name.
_OTHER_NAMES = ("projector_config.ptxt", "projector_config.pbtext")
_PLUGIN_FOLDERS = ("plugins", "org_tensorflow_tensorboard_projector")
_MOST_BOOKMARKS = 50
_MOST_ENTRIES = 2_000
_LONGEST_NAME = 10_000


@dataclass(frozen=True, kw_only=True)
class ConfigEntry:
    """One `embeddings` entry; empty text and tuples where the config says nothing. Paths are as spelled.

    `repetition` counts equal entries of Keras' callback, each of which may be meant for a layer of its own.
    """

    tensor_name: str
    tensor_path: str = ""
    tensor_shape: tuple[int, ...] = ()
    metadata_path: str = ""
    bookmarks_paths: tuple[str, ...] = ()
    sprite_path: str = ""
    tile: tuple[int, ...] = ()
    repetition: int = 0


@dataclass(frozen=True, kw_only=True)
class ProjectorConfig:
    """A parsed config. Its paths start at `folder`; `label` names its file. `defaults` are for unlisted tensors."""

    folder: Folder
    label: str
    entries: tuple[ConfigEntry, ...]
    defaults: ConfigEntry | None
    model_checkpoint_path: str
    model_checkpoint_dir: str
    notices: tuple[Notice, ...]

    @property
    def checkpoint(self) -> str:
        """Where the checkpoint is, as spelled: its prefix, else its folder."""
        return self.model_checkpoint_path or self.model_checkpoint_dir


_EMPTY = ConfigEntry(tensor_name="")


def find_configs(tree: Tree, folder: Folder) -> list[tuple[Folder, str]]:
    """The folders and names of the configs of a run: its own, and that in TensorBoard's plugin folder."""
    found = []
    plugins: Folder | None = folder
    for name in _PLUGIN_FOLDERS:
        plugins = plugins and tree.child(plugins, name)
    for place in (folder, plugins):
        for name in (CONFIG_NAME, *_OTHER_NAMES):
            if place is not None and name in place.files:
                found.append((place, name))
                break
    return found


def is_plugin_folder(folder: Folder) -> bool:
    """Whether a config in this folder belongs to the run two levels up."""
    return tuple(folder.label.split("/")[-2:]) == _PLUGIN_FOLDERS


def read_config(folder: Folder, name: str) -> ProjectorConfig:
    """The config in a folder; FormatError with line and column, or LimitExceeded, when it cannot be read."""
    file = folder.file(name)
    message, notices = parse_text_message(
        "ProjectorConfig", file.read(LARGEST_TEXT, "A projector config"), where=file.label
    )
    told = [*notices, *_name_notice(file, name)]
    entries = [_entry(item) for item in message.embeddings]
    longest = max((len(entry.tensor_name) for entry in entries), default=0)
    if longest > _LONGEST_NAME:
        raise LimitExceeded(
            f"The name of a tensor has {longest:,} characters; at most {_LONGEST_NAME:,} are read.", where=file.label
        )
    defaults = None
    # TensorBoard: an entry without name and file that comes first is meant for all tensors that are not listed.
    if entries and not entries[0].tensor_name and not entries[0].tensor_path:
        defaults, entries = entries[0], entries[1:]
    unique, repeated = _without_repeats([entry for entry in entries if entry != _EMPTY])
    if repeated:
        told.append(repeated_notice(repeated, file.label))
    if len(unique) > _MOST_ENTRIES:
        text = f"The config lists {len(unique):,} tensors; the first {_MOST_ENTRIES:,} were taken. Split it by folders."
        told.append(Notice(code="config-too-long", severity="warning", message=text, where=file.label))
    return ProjectorConfig(
        folder=folder,
        label=file.label,
        entries=unique[:_MOST_ENTRIES],
        defaults=defaults,
        model_checkpoint_path=os.fsdecode(message.model_checkpoint_path),
        model_checkpoint_dir=os.fsdecode(message.model_checkpoint_dir),
        notices=tuple(told),
    )


def repeated_notice(count: int, where: str) -> Notice:
    """The notice that `count` entries of a config say again what others say."""
    message = (
        f"{'1 entry repeats another' if count == 1 else f'{count:,} entries repeat others'}, as when a script ran "
        "again; each was taken once, with what the last of them says and the bookmarks of all."
    )
    return Notice(code="config-repeated-entries", severity="info", message=message, where=where)


def _name_notice(file: InputFile, name: str) -> Iterable[Notice]:
    if name != CONFIG_NAME:
        message = f"The file should be named {CONFIG_NAME}, or TensorBoard does not find it; it was read nevertheless."
        yield Notice(code="config-misnamed", severity="info", message=message, where=file.label)


def _entry(item: Any) -> ConfigEntry:
    return ConfigEntry(
        tensor_name=text_of(item.tensor_name).removesuffix(":0"),
        tensor_path=os.fsdecode(item.tensor_path),
        tensor_shape=tuple(item.tensor_shape[:9]),
        metadata_path=os.fsdecode(item.metadata_path),
        bookmarks_paths=tuple(dict.fromkeys(map(os.fsdecode, item.bookmarks_path[:_MOST_BOOKMARKS]))),
        sprite_path=os.fsdecode(item.sprite.image_path),
        tile=tuple(item.sprite.single_image_dim[:9]),
    )


def _without_repeats(entries: list[ConfigEntry]) -> tuple[tuple[ConfigEntry, ...], int]:
    """One entry per tensor, where it first stands, with what the last says of it and the bookmarks of all.

    Keras' callback gives every layer the same name, and perhaps the same labels: its entries are all kept.
    """
    unique: dict[tuple[str, str, str, int], ConfigEntry] = {}
    met: Counter[ConfigEntry] = Counter()
    for entry in entries:
        key = (entry.tensor_name, entry.tensor_path, "", 0)
        if entry.tensor_name.startswith("layer_with_weights-") and not entry.tensor_path:
            unique[*key[:2], entry.metadata_path, met[entry]] = replace(entry, repetition=met[entry])
            met[entry] += 1
        else:
            unique[key] = _joined(unique[key], entry) if key in unique else entry
    return tuple(unique.values()), len(entries) - len(unique)


def _joined(first: ConfigEntry, last: ConfigEntry) -> ConfigEntry:
    bookmarks = dict.fromkeys((*first.bookmarks_paths, *last.bookmarks_paths))
    sprite = last if last.sprite_path else first
    return replace(
        last,
        tensor_shape=last.tensor_shape or first.tensor_shape,
        metadata_path=last.metadata_path or first.metadata_path,
        bookmarks_paths=tuple(bookmarks)[:_MOST_BOOKMARKS],
        sprite_path=sprite.sprite_path,
        tile=sprite.tile,
    )


def error_notice(error: InputError) -> Notice:
    """An error as a notice, for what must not stop the rest."""
    return Notice(code=error.code, severity="error", message=error.message, where=error.where)
