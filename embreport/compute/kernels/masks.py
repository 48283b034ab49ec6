"""Which of 64 numbers are above a limit, as the bits of one integer: what processors have an instruction for.

Loops that are written out are not turned into it, hence the intermediate code by hand.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

CHUNK = 64


def _above(typing_context: Any, line: Any, start: Any, limit: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        values, offset, least = arguments
        vector = ir.VectorType(least.type, CHUNK)
        data = builder.gep(context.make_array(line)(context, builder, values).data, [offset])
        chunk = builder.load(builder.bitcast(data, vector.as_pointer()), align=line.dtype.bitwidth // 8)
        first = builder.insert_element(ir.Constant(vector, ir.Undefined), least, ir.Constant(ir.IntType(32), 0))
        limits = builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(ir.IntType(32), CHUNK), [0] * CHUNK))
        return builder.bitcast(builder.fcmp_ordered(">", chunk, limits), ir.IntType(CHUNK))

    return types.uint64(line, types.intp, line.dtype), generate


def _lowest_bit(typing_context: Any, mask: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.intp(types.uint64), generate


# above(line, start, limit): bit c of the uint64 is set where line[start + c] > limit, of a contiguous line.
above: Any = intrinsic(_above)
# lowest_bit(mask): the number of the lowest bit that is set in a uint64 other than 0.
lowest_bit: Any = intrinsic(_lowest_bit)
