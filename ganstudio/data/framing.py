"""Images that are kept larger than they are seen, for random windows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganstudio.data.dataset import DataRequest, Dataset


def margin(request: DataRequest) -> int:
    """How many pixels are kept on every side beyond what is seen: a sixteenth for random crops, else 0."""
    return max(1, round(request.size / 16)) if request.framing == "random-crop" else 0


def framed(name: str, images: NDArray[np.uint8], request: DataRequest, **about: Any) -> Dataset:
    """A data set of images that have ``margin`` pixels too many on every side; ``about`` fills its fields."""
    m = margin(request)
    if not m:
        return Dataset(name, images, **about)
    return Dataset(name, images[:, :, m:-m, m:-m], wide=images, **about)
