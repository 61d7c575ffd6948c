"""Sliced Wasserstein distance between patches of two sets of images, at each level of detail."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from torch import Tensor

PATCH = 7  # pixels along a side
PATCHES = 128  # of each image and level
LEAST_SIDE = 16  # pixels of the coarsest level
_BINOMIAL = (1.0, 4.0, 6.0, 4.0, 1.0)


def sliced_wasserstein(a: Tensor, b: Tensor, projections: Tensor) -> float:
    """Mean over directions of the W1 between the projected sets ``a`` and ``b``, both (N, D).

    ``projections`` (D, P) are directions of length 1. On a line the optimal plan joins equal ranks.

    Source: Rabin et al. 2011; Karras et al. 2018, section 5. Raises ValueError where the counts differ.
    """
    if len(a) != len(b) or not len(a):
        raise ValueError(f"equally many samples are needed, not {len(a)} and {len(b)}")
    first, second = (torch.sort(x @ projections, dim=0).values for x in (a, b))
    return float((first - second).abs().mean())


def directions(dimension: int, count: int, generator: torch.Generator) -> Tensor:
    """Random directions (D, P) of length 1, equally likely."""
    drawn = torch.randn(dimension, count, generator=generator)
    return F.normalize(drawn, dim=0)


def patch_distances(
    real_NCHW: Tensor,
    fake_NCHW: Tensor,
    generator: torch.Generator,
    *,
    projections: int = 128,
) -> dict[int, float]:
    """Sliced Wasserstein distance of patches at each level of the Laplacian pyramid, by the level's side.

    Images are (N, C, H, W) in [-1, 1], equally many. From every image 128 random 7x7 patches are taken at
    each level, normalised to mean 0 and standard deviation 1 per channel over the set, and compared in
    random directions. The finest level tells of detail, the coarsest of structure. Published figures are
    1,000 times these.

    Source: Karras et al. 2018, section 5. Raises ValueError for images below 7 pixels or unequal counts.
    """
    if min(real_NCHW.shape[2:]) < PATCH:
        raise ValueError(f"patches need images of at least {PATCH} pixels")
    found: dict[int, float] = {}
    for real, fake in zip(laplacian_pyramid(real_NCHW), laplacian_pyramid(fake_NCHW), strict=True):
        ends = [_normalised(_patches(level, generator)) for level in (real, fake)]
        found[real.shape[-1]] = sliced_wasserstein(
            ends[0], ends[1], directions(ends[0].shape[1], projections, generator).to(ends[0])
        )
    return found


def laplacian_pyramid(images_NCHW: Tensor) -> list[Tensor]:
    """Levels from fine to coarse: what halving the size loses, and last what is left.

    Ends where another halving would go below 16 pixels. Burt & Adelson 1983.
    """
    levels, current = [], images_NCHW
    while min(current.shape[2:]) >= 2 * LEAST_SIDE:
        smaller = _halved(current)
        levels.append(current - _doubled(smaller, current.shape[2:]))
        current = smaller
    return [*levels, current]


def _kernel(like: Tensor) -> Tensor:
    line = torch.tensor(_BINOMIAL, dtype=like.dtype, device=like.device)
    line = line / line.sum()
    return torch.outer(line, line).expand(like.shape[1], 1, -1, -1)


def _halved(x: Tensor) -> Tensor:
    return F.conv2d(F.pad(x, (2, 2, 2, 2), mode="reflect"), _kernel(x), stride=2, groups=x.shape[1])


def _doubled(x: Tensor, size: torch.Size) -> Tensor:
    spread = x.new_zeros((*x.shape[:2], *size))
    spread[:, :, ::2, ::2] = x
    padded = F.pad(spread, (2, 2, 2, 2), mode="reflect")
    return F.conv2d(padded, 4 * _kernel(x), groups=x.shape[1])


def _patches(images: Tensor, generator: torch.Generator) -> Tensor:
    """Random patches (N * 128, C, 7, 7) of images (N, C, H, W)."""
    count, _, high, wide = images.shape
    shape = (count, PATCHES)
    top = torch.randint(high - PATCH + 1, shape, generator=generator)
    left = torch.randint(wide - PATCH + 1, shape, generator=generator)
    offsets = torch.arange(PATCH)
    rows = (top[..., None] + offsets)[..., :, None]  # (N, P, 7, 1)
    columns = (left[..., None] + offsets)[..., None, :]
    index = torch.arange(count)[:, None, None, None]
    picked = images.permute(0, 2, 3, 1)[index, rows, columns]  # (N, P, 7, 7, C)
    return picked.flatten(0, 1).permute(0, 3, 1, 2)


def _normalised(patches: Tensor) -> Tensor:
    """Patches (M, C, 7, 7) as rows (M, C * 49), each channel with mean 0 and standard deviation 1."""
    std, mean = torch.std_mean(patches, dim=(0, 2, 3), keepdim=True, correction=0)
    return ((patches - mean) / std.clamp_min(1e-12)).flatten(1)
