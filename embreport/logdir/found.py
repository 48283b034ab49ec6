"""What a survey has found so far, and how a stored tensor becomes an embedding of the survey."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from embreport.assets import SpriteLayout
from embreport.errors import InputError
from embreport.logdir.attachments import Attachments
from embreport.logdir.checkpoints import ChosenCheckpoint
from embreport.logdir.image_rows import ImageRows
from embreport.logdir.own_table import OwnTable, own_table
from embreport.logdir.projector_config import error_notice
from embreport.model import Notice, Skipped, TensorSource
from embreport.readers import InputFile, StoredTensor, StoredTensors
from embreport.readers.dtypes import spelled_shape


@dataclass(frozen=True, kw_only=True)
class Located:
    """The private `locator` of a TensorSource: what `load` opens."""

    tensor: StoredTensor
    metadata: InputFile | None
    sprite: InputFile | None
    layout: SpriteLayout | None
    images: ImageRows | None
    own: OwnTable | None
    bookmarks: tuple[InputFile, ...] = ()


@dataclass(kw_only=True)
class Found:
    """Collects embeddings, skipped tensors and notices in the order they are found; equal notices once."""

    embeddings: list[TensorSource] = field(default_factory=list)
    _skipped: dict[Skipped, None] = field(default_factory=dict)
    _passed_over: dict[Skipped, None] = field(default_factory=dict)
    _notices: dict[Notice, None] = field(default_factory=dict)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """All notices, in order."""
        return tuple(self._notices)

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """What should be an embedding and cannot be, in order."""
        return tuple(self._skipped)

    @property
    def passed_over(self) -> tuple[Skipped, ...]:
        """What is no embedding by its nature, in order, without what `skipped` names."""
        named = {(item.run, item.tensor) for item in self._skipped}
        return tuple(item for item in self._passed_over if (item.run, item.tensor) not in named)

    def tell(self, notices: Iterable[Notice]) -> None:
        """Add notices."""
        self._notices.update(dict.fromkeys(notices))

    def fail(self, run: str, tensor: str | None, error: InputError) -> None:
        """A tensor, or with None a whole run, cannot be read."""
        self.tell([error_notice(error)])
        self.skip(run, tensor, str(error))

    def skip(self, run: str, tensor: str | None, reason: str) -> None:
        """A tensor, or with None a whole run, is left out."""
        self._skipped[Skipped(run=run, tensor=tensor, reason=reason)] = None

    def pass_over(self, run: str, tensor: str, reason: str) -> None:
        """A tensor is no embedding, and nobody said that it was."""
        self._passed_over[Skipped(run=run, tensor=tensor, reason=reason)] = None


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a tensor was found."""

    run: str
    source: str
    path: str
    step: int | None = None
    steps: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OpenedCheckpoint:
    """A checkpoint whose index was read. `listed` collects the names of tensors that a config lists."""

    chosen: ChosenCheckpoint
    tensors: StoredTensors
    listed: set[str] = field(default_factory=set)

    def origin(self, run: str) -> Origin:
        """Where its tensors were found."""
        checkpoint = self.chosen.checkpoint
        return Origin(
            run=run,
            source=self.tensors.source,
            path=checkpoint.label,
            step=checkpoint.step,
            steps=self.chosen.steps,
        )


def why_no_embedding(shape: tuple[int, ...]) -> str | None:
    """Why a tensor of this shape cannot be shown, None when it can."""
    if len(shape) != 2:
        return f"Its shape is {spelled_shape(shape)}; an embedding has 2 dimensions: rows and values."
    if 0 in shape:
        return f"Its shape is {spelled_shape(shape)}: there are no values."
    return None


def embedding_of(
    tensor: StoredTensor, origin: Origin, attached: Attachments, *, title: str, listed: bool, built: bool
) -> TensorSource:
    """The survey's embedding for a tensor of rank 2 and what belongs to it."""
    own = None if attached.metadata else attached.own or own_table(tensor)
    summary = attached.summary or (own.summary(origin.path) if own else None)
    return TensorSource(
        run=origin.run,
        tensor=tensor.name,
        title=title,
        shape=(tensor.shape[0], tensor.shape[1]),
        dtype=tensor.dtype,
        source=origin.source,
        path=origin.path,
        step=origin.step,
        steps=origin.steps,
        metadata=summary,
        sprite=attached.sprite_source,
        bookmarks=attached.bookmarks,
        bookmark_paths=tuple(file.label for file in attached.bookmarks_files),
        listed=listed,
        built=built,
        locator=Located(
            tensor=tensor,
            metadata=attached.metadata,
            sprite=attached.sprite,
            layout=attached.layout,
            images=attached.images,
            own=own,
            bookmarks=attached.bookmarks_files,
        ),
    )
