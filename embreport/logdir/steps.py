"""Tensors that one tag left at several steps, as PyTorch and tensorboardX write them: `tag:00003`."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Iterable

from embreport.logdir.found import Found
from embreport.logdir.tensor_names import tag_and_step
from embreport.model import Notice, TensorSource


def group_steps(found: Found, step: int | None) -> None:
    """Give every tensor of a tag the steps of all, and leave only the wanted one to be built: `step` or the latest."""
    groups: dict[tuple[str, str], list[int]] = {}
    for index, source in enumerate(found.embeddings):
        tag, number = tag_and_step(source.tensor)
        if number is not None and source.source == "tsv":
            groups.setdefault((source.run, tag), []).append(index)
    for (run, tag), members in groups.items():
        sources = [found.embeddings[index] for index in members]
        steps = tuple(sorted({source.step for source in sources if source.step is not None}))
        wanted = steps[-1] if step is None else step
        for index, source in zip(members, sources, strict=True):
            built = source.built and source.step == wanted
            found.embeddings[index] = dataclasses.replace(source, steps=steps, built=built)
        found.tell(_notices(run, tag, steps, wanted, sources))


def _notices(
    run: str, tag: str, steps: tuple[int, ...], wanted: int, sources: Iterable[TensorSource]
) -> Iterable[Notice]:
    spelled = ", ".join(str(step) for step in steps)
    if wanted not in steps:
        message = f"Step {wanted} of “{tag}” was not saved; there are: {spelled}."
        yield Notice(code="step-missing", severity="warning", message=message, where=run)
    elif len(steps) > 1:
        other = next(source.tensor for source in sources if source.step != wanted)
        message = (
            f"“{tag}” was saved at {len(steps):,} steps: {spelled}. Step {wanted} is built; --step or "
            f"--tensor {shlex.quote(other)} builds another."
        )
        yield Notice(code="steps-not-built", severity="info", message=message, where=run)
