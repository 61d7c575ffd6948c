"""The history of the sample grids as the frames of a film."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ganstudio.data.dataset import Progress
from ganstudio.errors import UserError
from ganstudio.experiment.fields import Settings, setting
from ganstudio.exporting.source import Source

SHADE, INK = 24, 235  # greys of the line under a frame, and of the words on it
LEAST_STRIP = 18  # px


class FilmOptions(Settings):
    """How fast, how long and how large."""

    rate: float = setting(10.0, title="Frames per second", help="How fast the film runs.", ge=0.1, le=60)
    frames: int = setting(
        200,
        title="Frames at most",
        help="A longer history is thinned out evenly; the first and the newest grid are always in it.",
        ge=1,
        le=5000,
    )
    side: int = setting(
        512, title="Longest side", unit="px", help="Larger grids are made smaller.", ge=64, le=4096
    )
    caption: bool = setting(default=True, title="Caption", help="Write the iteration under each frame.")


def frames(source: Source, options: FilmOptions, progress: Progress) -> tuple[int, Iterator[Image.Image]]:
    """The newest frame's iteration, and all frames: grey (L) or RGB, all of one even size.

    Raises UserError where there are no samples yet, and, while frames are drawn, where one is damaged.
    """
    pictures = evenly(source.pictures(), options.frames)
    if not pictures:
        raise UserError(f"{source.session.path} has no samples yet; train it first.")
    last = _open(pictures[-1])
    size = _fitting(last.size, options.side)
    return int(pictures[-1].stem), _drawn(pictures, last.mode, size, options, progress)


def _drawn(
    pictures: list[Path], mode: str, size: tuple[int, int], options: FilmOptions, progress: Progress
) -> Iterator[Image.Image]:
    for done, path in enumerate(pictures):
        progress("Drawing frames", done, len(pictures))
        frame = _open(path).convert(mode)
        if frame.size != size:
            frame = frame.resize(size, Image.Resampling.LANCZOS)
        yield _framed(frame, f"iteration {int(path.stem):,}" if options.caption else "")
    progress("Writing the film", len(pictures), len(pictures))


def _framed(frame: Image.Image, caption: str) -> Image.Image:
    """The frame on a canvas of even size, which videos need, with words in a line below."""
    strip = max(LEAST_STRIP, frame.height // 16) if caption else 0
    width, height = (side + side % 2 for side in (frame.width, frame.height + strip))
    canvas = Image.new(frame.mode, (width, height), _grey(frame.mode, SHADE))
    canvas.paste(frame, (0, 0))
    if caption:
        draw = ImageDraw.Draw(canvas)
        middle = (frame.width / 2, frame.height + strip / 2)
        font = ImageFont.load_default(round(strip * 0.66))
        draw.text(middle, caption, fill=_grey(frame.mode, INK), font=font, anchor="mm")
    return canvas


def _grey(mode: str, value: int) -> int | tuple[int, int, int]:
    return value if mode == "L" else (value, value, value)


def evenly(pictures: list[Path], most: int) -> list[Path]:
    """At most so many, as evenly as can be, the newest always and the first wherever there are two."""
    if len(pictures) <= most:
        return pictures
    last = len(pictures) - 1
    return [pictures[round(i * last / (most - 1))] for i in range(most)] if most > 1 else pictures[-1:]


def _fitting(size: tuple[int, int], longest: int) -> tuple[int, int]:
    scale = min(1.0, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _open(path: Path) -> Image.Image:
    try:
        with Image.open(path, formats=["PNG"]) as image:
            image.load()
            return image.convert("L" if image.mode == "L" else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UserError(f"{path} is damaged: it is not a picture of samples.") from None
