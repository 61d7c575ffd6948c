"""Samples as pictures: a grid of images that can be read back, and a plot of 2-D points."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, PngImagePlugin

from ganstudio.data.pixels import to_pixels
from ganstudio.errors import UserError
from ganstudio.session.files import SMALL_LIMIT, read_plain

LEAST_SIDE = 384  # pixels; grids of small images are enlarged by a whole factor so that a person can see them
PLOT_SIDE = 640
GAP = 72  # the grey of the line, one pixel of the samples wide, between them
MOST_PIXELS = 2**26  # of a picture that is read back; ours have far fewer
SHAPE_KEY, SCALE_KEY = "ganstudio:shape", "ganstudio:scale"

BACKGROUND, REAL, GENERATED = (255, 255, 255), (170, 176, 184), (213, 94, 0)

Limits = tuple[float, float, float, float]  # left, right, bottom, top
Floats = NDArray[np.float32]


def single_image(sample: Floats) -> Image.Image:
    """One sample, CHW in [-1, 1] with 1 or 3 channels, pixel by pixel."""
    pixels = to_pixels(sample)
    return Image.fromarray(pixels[0] if len(pixels) == 1 else np.ascontiguousarray(pixels.transpose(1, 2, 0)))


def image_grid(samples: Floats, *, enlarge: bool = True) -> tuple[Image.Image, PngImagePlugin.PngInfo]:
    """Samples, NCHW in [-1, 1], in a near-square grid, and the text that ``read_grid`` needs."""
    count, channels, height, width = samples.shape
    columns, lines = _layout(count)
    cells = np.full((columns * lines, channels, height + 1, width + 1), GAP, np.uint8)
    cells[:count, :, :height, :width] = to_pixels(samples)
    sheet = cells.reshape(lines, columns, channels, height + 1, width + 1).transpose(0, 3, 1, 4, 2)
    sheet = sheet.reshape(lines * (height + 1), columns * (width + 1), channels)[:-1, :-1]
    scale = max(1, round(LEAST_SIDE / max(sheet.shape[:2]))) if enlarge else 1
    sheet = sheet.repeat(scale, axis=0).repeat(scale, axis=1)
    about = PngImagePlugin.PngInfo()
    about.add_text(SHAPE_KEY, ",".join(map(str, samples.shape)))
    about.add_text(SCALE_KEY, str(scale))
    return Image.fromarray(sheet[..., 0] if channels == 1 else np.ascontiguousarray(sheet)), about


def write_grid(path: Path, samples: Floats) -> None:
    """Write samples, NCHW in [-1, 1], as one PNG. Raises OSError."""
    image, about = image_grid(samples)
    image.save(path, "PNG", pnginfo=about)


def read_grid(path: Path) -> Floats:
    """The samples of a grid, NCHW in [-1, 1] in steps of 1/127.5. Raises UserError with one sentence."""
    try:
        with Image.open(io.BytesIO(read_plain(path, SMALL_LIMIT)), formats=["PNG"]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValueError(image.size)
            image.load()
            about = getattr(image, "text", {})
            pixels = np.asarray(image)
        count, channels, height, width = (_whole(part) for part in about[SHAPE_KEY].split(","))
        scale = _whole(about[SCALE_KEY])
        columns, lines = _layout(count)
        small = pixels[::scale, ::scale]
        sheet = np.pad(small.reshape(*small.shape[:2], channels), ((0, 1), (0, 1), (0, 0)))
        cells = sheet.reshape(lines, height + 1, columns, width + 1, channels).transpose(0, 2, 4, 1, 3)
        cells = cells.reshape(lines * columns, channels, height + 1, width + 1)[:count, :, :height, :width]
    except (
        OSError,
        KeyError,
        ValueError,
        SyntaxError,
        ZeroDivisionError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        raise UserError(f"{path} is damaged: it is not a sample grid.") from None
    return np.ascontiguousarray(cells, np.float32) / np.float32(127.5) - np.float32(1)


def _whole(text: str) -> int:
    """A whole number from 1 to MOST_PIXELS. Raises ValueError."""
    if len(text) > len(str(MOST_PIXELS)) or not 1 <= int(text) <= MOST_PIXELS:
        raise ValueError(text)
    return int(text)


def plot_limits(real: Floats) -> Limits:
    """Axes that show the real points with a margin and equal scales; they do not move while training."""
    low, high = real.min(axis=0), real.max(axis=0)
    centre, half = (low + high) / 2, max(float((high - low).max()) * 0.65, 1e-6)
    return float(centre[0]) - half, float(centre[0]) + half, float(centre[1]) - half, float(centre[1]) + half


def points_plot(generated: Floats, real: Floats) -> Image.Image:
    """Generated points, (N, 2), in front of real ones, (M, 2); what lies outside the axes is not shown."""
    limits = plot_limits(real)
    side = 2 * PLOT_SIDE  # drawn at twice the size: the reduction smooths the edges
    image = Image.new("RGB", (side, side), BACKGROUND)
    draw = ImageDraw.Draw(image)
    for points, colour, radius in ((real, REAL, 4.0), (generated, GENERATED, 5.0)):
        for x, y in _places(points, limits, side).tolist():
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    return image.resize((PLOT_SIDE, PLOT_SIDE), Image.Resampling.BOX)


def _places(points: Floats, limits: Limits, side: int) -> NDArray[np.float64]:
    left, right, bottom, top = limits
    points = points[np.isfinite(points).all(axis=1)]
    x = (points[:, 0].astype(np.float64) - left) / (right - left)
    y = (top - points[:, 1].astype(np.float64)) / (top - bottom)  # rows of a picture go down
    places = np.stack([x, y], axis=1)
    return places[((places >= 0) & (places <= 1)).all(axis=1)] * side


def _layout(count: int) -> tuple[int, int]:
    """Columns and rows of a near-square grid."""
    columns = math.ceil(math.sqrt(count))
    return columns, math.ceil(count / columns)
