"""`projector_config.pbtxt` and `checkpoint`: any text as either message."""

from __future__ import annotations

from harness import fuzz, instrumented, seeds

with instrumented():
    from embreport.errors import InputError
    from embreport.readers.text_messages import parse_text_message


def check(data: bytes) -> None:
    """Parse the bytes as both messages."""
    for name in ("ProjectorConfig", "CheckpointState"):
        try:
            parse_text_message(name, data, where=name)
        except InputError:
            continue


if __name__ == "__main__":
    fuzz(check, seeds("*/logdir/projector_config.pbtxt", "*/logdir/checkpoint"))
