"""Tensor files that no config names: recognized by their names, with the metadata file that writers put beside."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

from embreport.errors import InputError
from embreport.logdir.attachments import Attacher, Attachments, companion_metadata
from embreport.logdir.context import Context
from embreport.logdir.found import Found, Origin
from embreport.logdir.tensor_names import Role
from embreport.logdir.tree import Folder
from embreport.logdir.unlisted import add_tensors
from embreport.readers import (
    InputFile,
    StoredTensor,
    has_unread_name,
    head_of,
    is_word2vec_binary,
    read_tensor_file,
    starts_with_a_vector,
    why_unread,
)
from embreport.readers.files import printable_name

_BINARY = re.compile(r"\.(?:npy|npz|safetensors|parquet)$", re.IGNORECASE)
# Text is taken for vectors only under a name that says so: most text in a log directory is something else.
_TEXT = re.compile(
    r"(?:^|[_.-])(?:tensors?|vectors?|vecs?|embeddings?|feature_vecs|word2vec|w2v|glove[\w.-]*)\.(?:tsv|txt|vec|csv)"
    r"(?:\.(?:gz|xz|bz2|zst|zip|7z))?$",
    re.IGNORECASE,
)


# What PyTorch and tensorboardX write: <run>/<step>/<tag>/tensors.tsv, with the tag's slashes as %2f.
_PYTORCH_FOLDER = re.compile(r"^(?:(.*)/)?(\d{5,18})/([^/]+)$", re.DOTALL)
_PYTORCH_NAME = "tensors.tsv"
_PYTORCH_SPRITE = "sprite.png"


def survey_tensor_files(
    context: Context, folder: Folder, found: Found, *, no_configs: bool, listed: bool = False
) -> None:
    """Add the tensors in the folder's files that no embedding takes already.

    Beside configs, which say what to show, a file is built only where it has labels of its own; where a config in
    this very folder lists others (`listed`), none is built, and one that cannot be read is no trouble.
    """
    for name in sorted(folder.files):
        file = folder.file(name)
        if context.is_used(file):
            continue
        if _BINARY.search(name) or _TEXT.search(name) or _holds_vectors(name, file):
            try:
                build = no_configs or (companion_metadata(folder, name) is not None and not listed)
                add_tensor_file(context, folder, file, found, build=build)
            except InputError as error:
                if listed:
                    found.pass_over(folder.label, name_of(file), str(error))
                else:
                    found.fail(folder.label, name_of(file), error)
        elif has_unread_name(name):
            _explain_unread(folder, file, found)


def _explain_unread(folder: Folder, file: InputFile, found: Found) -> None:
    try:
        reason = why_unread(file.path.name, head_of(file))
    except InputError as error:
        reason = error.message
    if reason:
        found.pass_over(folder.label, printable_name(file.path.name), reason)


def _holds_vectors(name: str, file: InputFile) -> bool:
    """Whether a file of a name that says little starts as those of word2vec or GloVe do."""
    kinds = {".bin": is_word2vec_binary, ".txt": starts_with_a_vector, ".vec": starts_with_a_vector}
    recognize = kinds.get(name[-4:].lower())
    try:
        return recognize is not None and recognize(head_of(file))
    except InputError:
        return True  # what keeps it from being read is said when it is


def name_of(file: InputFile) -> str:
    """The name of a tensor that is alone in its file: the file's, without its ending, and without `_tensor`.

    gensim writes `words_tensor.tsv` beside `words_metadata.tsv`; the tensor is `words`.
    """
    name = file.label.rpartition("/")[2].removesuffix(".gz")
    stem, dot, _ = name.rpartition(".")
    stem = stem if dot and stem else name
    return stem.removesuffix("_tensor") or stem


def add_tensor_file(context: Context, folder: Folder, file: InputFile, found: Found, *, build: bool) -> None:
    """Add the tensors of one file. Raises InputError subclasses when the file as a whole cannot be read."""
    origin, name = _origin(folder, file)
    stored = read_tensor_file(file, name)
    context.use(file)
    found.tell(stored.notices)
    origin = replace(origin, source=stored.source)

    def attach(tensor: StoredTensor, role: Role) -> Attachments:
        attacher = Attacher(context, tensor)
        wishes = context.wishes
        if wishes.metadata or wishes.has_sprite:
            return attacher.attach_files(wishes.metadata, wishes.sprite, wishes.sprite_size, folder=folder)
        beside = companion_metadata(folder, file.path.name) if role is not Role.MOMENT else None
        if beside is None or beside.path == file.path:
            return attacher.attach_files(None, folder=folder) if role is not Role.MOMENT else Attachments()
        context.use(beside)
        has_sprite = file.path.name == _PYTORCH_NAME and _PYTORCH_SPRITE in folder.files
        return attacher.attach_files(beside, folder.file(_PYTORCH_SPRITE) if has_sprite else None, folder=folder)

    add_tensors(stored, origin, found, attach=attach, leave_out=set(), build=build)


def _origin(folder: Folder, file: InputFile) -> tuple[Origin, str]:
    """The run and name of a tensor file: those that PyTorch's config would give, else those of folder and file."""
    match = _PYTORCH_FOLDER.match(folder.label) if file.path.name == _PYTORCH_NAME else None
    if match is None:
        return Origin(run=folder.label, source="", path=file.label), name_of(file)
    step = int(match[2])
    return Origin(run=match[1] or ".", source="", path=file.label, step=step), f"{unquote(match[3])}:{match[2]}"
