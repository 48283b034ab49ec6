"""How rows are cut into blocks: by shape alone, so that sums and BLAS calls never depend on the threads."""

from __future__ import annotations

BLOCK_BYTES = 16 << 20


def row_blocks(rows: int, size: int) -> list[slice]:
    """Consecutive slices of `size` rows (the last may be shorter) that cover `rows` rows."""
    return [slice(start, min(start + size, rows)) for start in range(0, rows, size)]


def rows_per_block(row_bytes: int, *, budget: int = BLOCK_BYTES, most: int = 4096) -> int:
    """How many rows of `row_bytes` fit a budget; between 1 and `most`."""
    return max(1, min(most, budget // max(1, row_bytes)))
