"""A small grid of bytes as text; without numpy, since every start of the program reads settings."""

from __future__ import annotations

import base64
import binascii
import zlib

SIDE = 64  # cells in a row and in a column of a drawing
LONGEST = 8192  # characters of text; a grid of noise takes 5,500


def pack(cells: bytes) -> str:
    """The grid's 64 x 64 bytes as text; "" for an empty one."""
    return base64.b64encode(zlib.compress(cells, 9)).decode("ascii") if any(cells) else ""


def unpack(text: str) -> bytes:
    """The 64 x 64 bytes. Raises ValueError where the text is of no grid, or of an empty one."""
    try:
        packed = base64.b64decode(text.strip(), validate=True)
        cells = zlib.decompressobj().decompress(packed, SIDE * SIDE + 1)
    except (binascii.Error, zlib.error, ValueError):
        raise ValueError("it is no drawing") from None
    if len(cells) != SIDE * SIDE or not any(cells):
        raise ValueError("it is no drawing")
    return cells
