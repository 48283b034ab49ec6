"""`metadata.tsv`: any bytes for any count of rows; the first byte is the count."""

from __future__ import annotations

from harness import fuzz, instrumented, seeds

with instrumented():
    from embreport.assets import read_metadata_table


def check(data: bytes) -> None:
    """Read the table and hold every column against the count."""
    count = data[0] if data else 0
    metadata = read_metadata_table(data[1:], count, path="metadata.tsv").for_rows(count)
    for column in metadata.columns:
        if len(column.cells) != count:
            raise AssertionError(f"{len(column.cells)} cells for {count} rows")


if __name__ == "__main__":
    corpus = [path.read_bytes() for path in seeds("*/logdir/*metadata*.tsv", "metadata_kinds/logdir/*.tsv")]
    fuzz(check, [bytes([min(255, data.count(b"\n"))]) + data for data in corpus])
