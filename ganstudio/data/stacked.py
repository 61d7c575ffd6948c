"""Stacked MNIST: three digits as the three colours of an image, 1,000 modes with a name for each.

Metz et al. 2017 (Unrolled GANs), section 3.3.1; the usual size of 128,000 as in Lin et al. 2018 (PacGAN).
"""

from __future__ import annotations

import numpy as np

from ganstudio.data.dataset import DataRequest, Dataset, Progress
from ganstudio.data.resizing import fitted
from ganstudio.data.torchvision_sets import read

COUNT = 128_000
DIGITS = 10


def load(request: DataRequest, seed: int, progress: Progress) -> Dataset:
    """Draw ``request.limit`` (0: 128,000) triples of MNIST's training digits with the seed.

    uint8 (N, 3, size, size); the label of the digits a, b, c is 100 a + 10 b + c. Raises what reading MNIST
    raises.
    """
    images, digits, _ = read("mnist", request, progress)
    small = fitted(images, request.size, 1, progress)[:, 0]
    count = request.limit or COUNT
    index = np.random.default_rng(seed).integers(len(small), size=(count, 3))
    array = np.empty((count, 3, request.size, request.size), np.uint8)
    for start in range(0, count, DIGITS**4):
        part = slice(start, start + DIGITS**4)
        array[part] = small[index[part]]
        progress("Stacking digits", start, count)
    labels = (digits.astype(np.int64)[index] * (100, 10, 1)).sum(axis=1)
    names = tuple(f"{k:03}" for k in range(DIGITS**3))
    layers = Dataset("mnist", small[:, None], digits, tuple(map(str, range(DIGITS))))
    return Dataset("stacked-mnist", array, labels, names, layers=layers)
