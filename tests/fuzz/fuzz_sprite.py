"""Sprite sheets: the header that decides what is decoded at all. The decoder itself runs in a process of its own."""

from __future__ import annotations

from harness import fuzz, instrumented, seeds

with instrumented():
    from embreport.assets import survey_sprite


def check(data: bytes) -> None:
    """Lay out the sheet with and without a given size of thumbnails."""
    layout = survey_sprite(data, (data[-1] % 40, data[-2] % 40) if len(data) > 2 else None, 8, path="sprite.png")
    if layout.columns < 1 or layout.count > 8:
        raise AssertionError(layout)
    survey_sprite(data, None, 8, path="sprite.png")


if __name__ == "__main__":
    fuzz(check, seeds("sprite_kinds/logdir/*.*g*", "sprite_kinds/logdir/*.bmp", "broken_sprite*/logdir/*.png"))
