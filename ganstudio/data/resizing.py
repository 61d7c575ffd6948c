"""Resizing and recolouring an array of decoded images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ganstudio.data.dataset import Progress

CHUNK = 2048  # images that are floats at the same time
LUMA = (0.299, 0.587, 0.114)  # weights of red, green and blue in grey, ITU-R 601 as in Pillow


def fitted(images: NDArray[np.uint8], size: int, channels: int, progress: Progress) -> NDArray[np.uint8]:
    """Return square images uint8 (N, C, H, H) as (N, channels, size, size).

    Bicubic with anti-aliasing, rounded once; colour becomes grey by its luma, grey becomes RGB by repetition.
    """
    import torch
    from torch.nn.functional import interpolate

    out = np.empty((len(images), channels, size, size), dtype=np.uint8)
    luma = torch.tensor(LUMA).view(1, 3, 1, 1)
    for start in range(0, len(images), CHUNK):
        part = images[start : start + CHUNK]
        if part.shape[1] > channels or part.shape[2] != size:
            pixels = torch.from_numpy(np.ascontiguousarray(part)).float()
            if part.shape[1] > channels:
                pixels = (pixels * luma).sum(dim=1, keepdim=True)
            if part.shape[2] != size:
                pixels = interpolate(pixels, size=(size, size), mode="bicubic", antialias=True)
            part = pixels.round().clamp(0, 255).to(torch.uint8).numpy()
        out[start : start + CHUNK] = part  # one channel is repeated into three
        progress("Preparing images", min(start + CHUNK, len(images)), len(images))
    return out
