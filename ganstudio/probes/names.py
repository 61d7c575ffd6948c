"""Names of layers in an array of a measurement, which can hold numbers only. This module needs no torch."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def packed(names: Iterable[str]) -> NDArray[np.uint8]:
    """Names without line ends as UTF-8 bytes, a name a line."""
    return np.frombuffer("\n".join(names).encode(), np.uint8).copy()


def unpacked(array: NDArray[np.uint8]) -> tuple[str, ...]:
    """The reverse of ``packed``; of no bytes, no names."""
    text = array.tobytes().decode()
    return tuple(text.split("\n")) if text else ()
