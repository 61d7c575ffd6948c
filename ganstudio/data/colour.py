"""Colours as people write them."""

from __future__ import annotations

import re

NAMES = {"white": (255, 255, 255), "grey": (128, 128, 128), "gray": (128, 128, 128), "black": (0, 0, 0)}


def rgb(text: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0 to 255, of white, grey, black or #rrggbb.

    Raises ValueError for anything else.
    """
    words = text.strip().lower()
    if words in NAMES:
        return NAMES[words]
    if not re.fullmatch("#[0-9a-f]{6}", words):
        raise ValueError(f"{text!r} is no colour")
    red, green, blue = bytes.fromhex(words[1:])
    return red, green, blue
