"""The embedded digits: 1,797 real handwritten digits of 8x8 pixels that scikit-learn ships in its wheel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ganstudio.data.dataset import DataRequest, Dataset, Progress
from ganstudio.data.selection import chosen

BRIGHTEST = 16.0  # the set counts the dark pixels of 4x4 blocks


def load(request: DataRequest, seed: int, progress: Progress) -> Dataset:
    """Digits as uint8 (N, channels, size, size), 0 background to 255 ink, with the labels 0 to 9.

    Larger sizes are made by bicubic interpolation, three channels by repeating the grey one.
    """
    progress("Reading digits", 0, 0)
    # Imported here: scikit-learn takes a second, which nobody who trains on other data should wait for.
    from sklearn.datasets import load_digits

    digits = load_digits()
    keep = chosen(len(digits.images), request.limit, seed)
    grey = digits.images[keep].astype(np.float32) * (255.0 / BRIGHTEST)
    resized = _resized(grey, request.size)
    array = np.repeat(resized[:, None], request.channels, axis=1)
    progress("Reading digits", len(array), len(array))
    names = tuple(str(name) for name in digits.target_names)
    return Dataset("digits", array, labels=digits.target[keep].astype(np.int64), class_names=names)


def _resized(grey: NDArray[np.float32], size: int) -> NDArray[np.uint8]:
    """(N, 8, 8) of 0..255 -> uint8 (N, size, size); resized in float so that it is rounded once only."""
    from PIL import Image

    if size != grey.shape[1]:
        images = (Image.fromarray(image).resize((size, size), Image.Resampling.BICUBIC) for image in grey)
        grey = np.stack([np.asarray(image) for image in images])
    return np.clip(np.rint(grey), 0, 255).astype(np.uint8)
