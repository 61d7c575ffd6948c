"""Between pixels, 0..255, and the numbers that networks see, -1 to 1."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def to_pixels(samples: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Values in [-1, 1] as 0..255, rounded; what lies outside is cut off."""
    pixels: NDArray[np.uint8] = np.clip(np.rint((np.nan_to_num(samples) + 1) * 127.5), 0, 255).astype(
        np.uint8
    )
    return pixels


def from_pixels(images: NDArray[Any]) -> NDArray[np.float32]:
    """0..255 as values in [-1, 1], by x / 127.5 - 1."""
    return images.astype(np.float32) / 127.5 - 1
