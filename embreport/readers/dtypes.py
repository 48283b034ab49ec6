"""TensorFlow's dtype numbers (tensorflow/core/framework/types.proto) and how their bytes become numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embreport.errors import FormatError

_BFLOAT16 = 14
STRING = 7


@dataclass(frozen=True, kw_only=True)
class ElementType:
    """How one element is stored: `name` for people, `stored` for numpy (bfloat16 as the 16 bits it has)."""

    name: str
    stored: np.dtype[np.generic]


_READABLE = {
    number: ElementType(name=name, stored=np.dtype(stored))
    for number, (name, stored) in {
        1: ("float32", "<f4"),
        2: ("float64", "<f8"),
        3: ("int32", "<i4"),
        4: ("uint8", "u1"),
        5: ("int16", "<i2"),
        6: ("int8", "i1"),
        9: ("int64", "<i8"),
        10: ("bool", "u1"),
        _BFLOAT16: ("bfloat16", "<u2"),
        17: ("uint16", "<u2"),
        19: ("float16", "<f2"),
        22: ("uint32", "<u4"),
        23: ("uint64", "<u8"),
        24: ("float8_e5m2", "u1"),
        25: ("float8_e4m3fn", "u1"),
    }.items()
}
_REFUSED = {
    STRING: "string",
    8: "complex64",
    11: "qint8",
    12: "quint8",
    13: "qint32",
    15: "qint16",
    16: "quint16",
    18: "complex128",
    20: "resource",
    21: "variant",
    29: "int4",
    30: "uint4",
}


def dtype_name(number: int) -> str:
    """The name of a dtype number, readable or not."""
    if number in _READABLE:
        return _READABLE[number].name
    return _REFUSED.get(number, f"unknown ({number})")


def element_type(number: int, *, tensor: str, where: str) -> ElementType:
    """How elements with this dtype number are stored; FormatError for those that are no real numbers."""
    found = _READABLE.get(number)
    if found is None:
        raise FormatError(
            f"The tensor “{tensor}” has the dtype {dtype_name(number)}; expected real numbers "
            "(float, int, uint or bool).",
            where=where,
        )
    return found


def spelled_shape(shape: tuple[int, ...]) -> str:
    """A shape for people: `1,000 x 64`, or `()` for a scalar; of many dimensions the first few."""
    shown = " x ".join(f"{size:,}" for size in shape[:8])
    return f"{shown} x ..." if len(shape) > 8 else shown or "()"


def as_values(stored: np.ndarray, dtype: str) -> np.ndarray:
    """Stored elements as float32 or float64, read-only and C-contiguous, exact except for integers beyond 2^53.

    Floats of 8 and 16 bits widen to float32; integers and bool become float32 where that is exact, else float64.
    Elements of "bfloat16" and the 8-bit floats are given as the bits they have.
    """
    if dtype == "bfloat16":
        values = (stored.astype(np.uint32) << 16).view(np.float32)
    elif dtype == "float8_e5m2":
        values = (stored.astype(np.uint16) << 8).view(np.float16).astype(np.float32)
    elif dtype == "float8_e4m3fn":
        values = _E4M3FN[stored]
    elif stored.dtype.kind == "f" and stored.dtype.itemsize == 8:
        values = stored.astype(np.float64, copy=False)
    elif stored.dtype.kind == "f" and stored.dtype.itemsize <= 4:
        values = stored.astype(np.float32, copy=False)
    elif stored.dtype.kind in "biu":
        values = stored.astype(np.float32 if _fits_float32(stored) else np.float64)
    else:
        raise FormatError(f"The elements are {stored.dtype}; expected real numbers.")
    values = np.require(values, requirements=["C", "A"])
    values.flags.writeable = False
    return values


def _every_e4m3fn() -> np.ndarray:
    """The value of each bit pattern: 4 bits of exponent, 3 of fraction, no infinities (arXiv:2209.05433)."""
    bits = np.arange(256)
    exponent, fraction = bits >> 3 & 15, bits & 7
    size = np.where(exponent == 0, fraction / 8 * 2.0**-6, (1 + fraction / 8) * 2.0 ** (exponent - 7.0))
    size[bits & 127 == 127] = np.nan
    return np.where(bits < 128, size, -size).astype(np.float32)


_E4M3FN = _every_e4m3fn()


def _fits_float32(integers: np.ndarray) -> bool:
    if integers.dtype.itemsize <= 2 or not integers.size:
        return True
    return bool(integers.min() >= -(1 << 24) and integers.max() <= 1 << 24)


def narrowed(values: np.ndarray) -> np.ndarray:
    """float64 values as float32 where that loses nothing (NaN counts as equal), else unchanged; read-only."""
    with np.errstate(over="ignore", invalid="ignore"):
        narrow = values.astype(np.float32)
    exact = narrow == values
    result = narrow if bool(exact.all() or (exact | np.isnan(values)).all()) else values
    result.flags.writeable = False
    return result
