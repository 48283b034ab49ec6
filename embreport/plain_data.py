"""Frozen dataclasses as plain data for JSON, and back."""

from __future__ import annotations

import dataclasses
import math
import types
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from embreport.errors import ReportError

Kind = TypeVar("Kind")


def to_plain(item: Any) -> Any:
    """Dataclasses as objects under the names of their fields, tuples as lists; other values as they are."""
    if dataclasses.is_dataclass(item):
        return {field.name: to_plain(getattr(item, field.name)) for field in dataclasses.fields(item)}
    if isinstance(item, tuple):
        return [to_plain(one) for one in item]
    return item


def from_plain(kind: type[Kind], data: object) -> Kind:
    """The dataclass that `to_plain` described, built from the hints of its fields.

    Fields may be int, float, str, bool, a Literal, a tuple, another dataclass, or one of these or None. Unknown names
    are passed over, a missing name takes its default. Raises ReportError where `data` is not of this form.
    """
    if not isinstance(data, dict):
        raise _unlike(kind.__name__, data)
    given: dict[str, Any] = {}
    for name, hint in get_type_hints(kind).items():
        if name in data:
            given[name] = _value(hint, data[name])
    try:
        return kind(**given)
    except TypeError as error:
        raise _unlike(kind.__name__, data) from error


def _value(hint: Any, data: object) -> Any:
    origin, options = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if data is None and type(None) in options:
            return None
        return _value(next(option for option in options if option is not type(None)), data)
    if origin is tuple:
        return _tuple(options, data)
    if dataclasses.is_dataclass(hint):
        return from_plain(hint, data)  # type: ignore[arg-type]
    if origin is Literal:
        return _checked(data in options, data, "one of " + ", ".join(options))
    if hint is float:
        number = isinstance(data, int | float) and not isinstance(data, bool) and math.isfinite(data)
        return float(_checked(number, data, "a number"))
    return _checked(type(data) is hint, data, hint.__name__)


def _tuple(options: tuple[Any, ...], data: object) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise _unlike("a list", data)
    if options[-1] is Ellipsis:
        return tuple(_value(options[0], one) for one in data)
    _checked(len(data) == len(options), data, f"a list of {len(options)}")
    return tuple(_value(option, one) for option, one in zip(options, data, strict=True))


def _checked(fits: bool, data: object, wanted: str) -> Any:
    if not fits:
        raise _unlike(wanted, data)
    return data


def _unlike(wanted: str, data: object) -> ReportError:
    return ReportError(f"A figure is not as embreport writes it: {wanted} was expected, {data!r:.40} found.")
