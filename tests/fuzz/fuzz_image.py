"""The image decoder, which elsewhere runs in a process of its own: any image that its header lets through."""

from __future__ import annotations

from contextlib import suppress

from harness import fuzz, instrumented, seeds

with instrumented():
    from embreport.assets import image_decoder, size_of_image
    from embreport.assets.image_decoder import ImageTroubleError

# A search by chance would never get past the checksums of a PNG.
image_decoder._check_sums = lambda data: None
_MOST_PIXELS = 1 << 20
_TILE = 16


def check(data: bytes) -> None:
    """Decode the image whole and as a tile; whatever is wrong with it must be an ImageTroubleError."""
    size = size_of_image(data)
    if size is None or size[0] * size[1] > _MOST_PIXELS:
        return
    with suppress(ImageTroubleError):
        channels, pixels = image_decoder.decode(data, *size)
        if len(pixels) != size[0] * size[1] * channels:
            raise AssertionError(f"{len(pixels)} bytes for {size} pixels of {channels} channels")
    with suppress(ImageTroubleError):
        if len(image_decoder.fit(data, _TILE, _TILE)) != 4 * _TILE * _TILE:
            raise AssertionError("a tile of another size")


if __name__ == "__main__":
    fuzz(check, seeds("sprite_kinds/logdir/*.*g*", "sprite_kinds/logdir/*.bmp", "sprite_kinds/logdir/*.webp"))
