"""The history of the samples as an animated GIF."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from ganstudio.data.dataset import Progress
from ganstudio.exporting.frames import FilmOptions, frames
from ganstudio.exporting.source import Source

HOLD_SECONDS = 2.0  # how long the newest frame stays before the film begins again


class Options(FilmOptions):
    """As of every film."""


def export(source: Source, out: Path, options: Options, progress: Progress) -> int:
    """Write a GIF that repeats; durations are in whole hundredths of a second, as the format has them."""
    iteration, drawn = frames(source, options, progress)
    first = next(drawn)
    rest = list(drawn)
    each = max(20, round(100 / options.rate) * 10)  # ms; browsers take less for a tenth of a second
    durations = [each] * len(rest) + [max(each, round(1000 * HOLD_SECONDS))]
    pictures = [_reduced(frame) for frame in (first, *rest)]
    progress("Writing the film", 0, 0)
    with out.open("wb") as file:
        pictures[0].save(
            file, "GIF", save_all=True, append_images=pictures[1:], duration=durations, loop=0, optimize=False
        )
    return iteration


def _reduced(frame: Image.Image) -> Image.Image:
    """At most 256 colours, without dithering, which flickers."""
    return frame if frame.mode == "L" else frame.quantize(256, dither=Image.Dither.NONE)
