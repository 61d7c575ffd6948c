"""Multi-scale structural similarity, and diversity as its absence."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from torch import Tensor

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # of the scales, from fine to coarse
WINDOW, SIGMA = 11, 1.5
_K1, _K2, _RANGE = 0.01, 0.03, 2.0  # values span [-1, 1]


def scales_of(side: int) -> int:
    """How many of the five scales images of this side have room for, at least one."""
    return max(1, sum(side >> scale >= WINDOW for scale in range(len(WEIGHTS))))


def ms_ssim(a_NCHW: Tensor, b_NCHW: Tensor) -> Tensor:
    """Multi-scale structural similarity (N,) of pairs of images (N, C, H, W) in [-1, 1]; 1 where equal.

    Small images have fewer of the five scales (``scales_of``), whose weights are then scaled to sum to 1,
    and below 11 pixels a window as large as the image allows: compare figures of equal sizes only. Negative
    similarities of contrast count as 0.

    Source: Wang et al. 2003, eq. 7.
    """
    count = scales_of(min(a_NCHW.shape[2:]))
    weights = torch.tensor(WEIGHTS[:count], dtype=a_NCHW.dtype, device=a_NCHW.device)
    weights = weights / weights.sum()
    found = a_NCHW.new_ones(len(a_NCHW))
    a, b = a_NCHW, b_NCHW
    for scale in range(count):
        similarity, contrast = _ssim(a, b)
        last = scale == count - 1
        found = found * (similarity if last else contrast).clamp_min(0) ** weights[scale]
        if not last:
            a, b = F.avg_pool2d(a, 2), F.avg_pool2d(b, 2)
    return found


def diversity(images_NCHW: Tensor, pairs: int, generator: torch.Generator) -> float:
    """Mean MS-SSIM of random pairs of different images: near 1 where all look alike (mode collapse).

    To be read beside the data's own: real data of one class are similar too. Source: Odena et al. 2017,
    section 4.2. Raises ValueError with fewer than two images.
    """
    count = len(images_NCHW)
    if count < 2:
        raise ValueError("pairs need two images")
    first = torch.randint(count, (pairs,), generator=generator)
    second = (first + torch.randint(1, count, (pairs,), generator=generator)) % count
    chunks = zip(torch.split(first, 256), torch.split(second, 256), strict=True)
    return float(torch.cat([ms_ssim(images_NCHW[i], images_NCHW[j]) for i, j in chunks]).mean())


def _ssim(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Similarity and its contrast-structure part, each (N,). Wang et al. 2004, eq. 12-13."""
    side = min(WINDOW, (min(a.shape[2:]) - 1) // 2 * 2 + 1)
    places = torch.arange(side, dtype=a.dtype, device=a.device) - side // 2
    line = torch.exp(-(places**2) / (2 * SIGMA**2))
    line = line / line.sum()
    window = torch.outer(line, line).expand(a.shape[1], 1, -1, -1)

    def blurred(x: Tensor) -> Tensor:
        return F.conv2d(x, window, groups=x.shape[1])

    mean_a, mean_b = blurred(a), blurred(b)
    variance_a, variance_b = blurred(a * a) - mean_a**2, blurred(b * b) - mean_b**2
    covariance = blurred(a * b) - mean_a * mean_b
    c1, c2 = (_K1 * _RANGE) ** 2, (_K2 * _RANGE) ** 2
    contrast = (2 * covariance + c2) / (variance_a + variance_b + c2)
    similarity = contrast * (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    return similarity.mean(dim=(1, 2, 3)), contrast.mean(dim=(1, 2, 3))
