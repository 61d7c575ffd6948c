"""Decoding one image file into uint8 pixels of the size and channels that training wants."""

from __future__ import annotations

import struct
import zlib
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

# The readers of Pillow that are tried, whatever the file is called.
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".dib", ".gif", ".tif", ".tiff"}
)
LONGEST = 20_000  # pixels; such sides are those of strips and maps, not of pictures
WHITE = (255, 255, 255)
ORIENTATION = 0x0112  # EXIF tag; 1 is upright

# What Pillow's readers raise for damaged files of all kinds.
_DAMAGE = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, RuntimeError,
    SyntaxError, TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip


class Unusable(Exception):  # noqa: N818 - no fault of the program; the file is skipped and listed
    """An image cannot be used; the text says why in words, to follow the name of the file."""


def decode(
    file: str | IO[bytes],
    size: int,
    channels: int,
    *,
    whole: bool = False,
    background: tuple[int, int, int] = WHITE,
) -> NDArray[np.uint8]:
    """Return the image as (channels, size, size).

    It is turned upright (EXIF), transparency is laid over the background, 16-bit grey is scaled to 8 bits,
    and animations give their first frame. The largest centred square is then resized to ``size`` (Lanczos,
    anti-aliased): the same as resizing the shorter side and cropping around the centre. With ``whole``
    nothing is cropped, and the background fills the square.

    Call it with ``Image.DecompressionBombWarning`` made an error, so that images of more pixels than Pillow's
    limit (89 million) are refused. Raises Unusable.
    """
    try:
        with Image.open(file, formats=FORMATS) as image:
            _refuse_odd(*image.size)
            # JPEG can be decoded at 1/2, 1/4 or 1/8 of its size: faster, with enough pixels for the resizing.
            image.draft("L" if channels == 1 else None, (2 * size, 2 * size))
            mode = "L" if channels == 1 else "RGB"
            flat = _flat(_upright(image), mode, background)
            square = _fitted(flat, size, background) if whole else _square(flat, size)
            array = np.asarray(square)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unusable("has too many pixels") from None
    except UnidentifiedImageError:
        raise Unusable("is not an image in a known format") from None
    except PermissionError:
        raise Unusable("may not be read") from None
    except FileNotFoundError:
        raise Unusable("does not exist any more") from None
    except MemoryError:
        raise Unusable("does not fit into memory") from None
    except _DAMAGE as error:
        raise Unusable(f"is damaged ({str(error).rstrip('.') or type(error).__name__})") from None
    return array[None] if channels == 1 else array.transpose(2, 0, 1)


def _refuse_odd(width: int, height: int) -> None:
    if min(width, height) < 2:
        raise Unusable(f"is only 1 pixel {'wide' if width < 2 else 'high'}")
    if max(width, height) >= LONGEST:
        raise Unusable(f"is {max(width, height):,} pixels {'wide' if width >= height else 'high'}")


def _upright(image: Image.Image) -> Image.Image:
    try:
        orientation = image.getexif().get(ORIENTATION, 1)
    except _DAMAGE:  # damaged metadata say nothing against the pixels
        return image
    return ImageOps.exif_transpose(image) if orientation != 1 else image


def _flat(image: Image.Image, mode: str, background: tuple[int, int, int]) -> Image.Image:
    """Convert any mode to ``mode`` ("L" or "RGB") without transparency."""
    if image.mode == mode and "transparency" not in image.info:
        return image
    if image.mode.startswith("I;16"):
        values = np.asarray(image).astype(np.float32)
        return Image.fromarray(np.rint(values / 257.0).astype(np.uint8)).convert(mode)
    if image.mode in ("I", "F"):
        raise Unusable("has pixels of 32 bits, whose range is not known")
    if image.has_transparency_data:
        coloured = image.convert("RGBA")
        behind = Image.new("RGBA", coloured.size, (*background, 255))
        return Image.alpha_composite(behind, coloured).convert(mode)
    return image.convert(mode)


def _square(image: Image.Image, size: int) -> Image.Image:
    width, height = image.size
    if width == height == size:
        return image
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    box = (left, top, left + side, top + side)
    return image.resize((size, size), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


def _fitted(image: Image.Image, size: int, background: tuple[int, int, int]) -> Image.Image:
    scale = size / max(image.size)
    width, height = (max(1, round(side * scale)) for side in image.size)
    small = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    square = Image.new("RGB", (size, size), background).convert(image.mode)
    square.paste(small, ((size - width) // 2, (size - height) // 2))
    return square
