"""Images that are there twice: the same bytes, or nearly the same picture."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from ganstudio.data.dataset import Dataset, Progress

PART = 2048
BITS = 64
BANDS = 4  # two hashes that differ in fewer bits than bands share one of them
# Shares of the pixels' variance about their means that two near-duplicates may differ by: of pictures with
# much in them, and of plain ones such as a single stroke, of which different ones look much alike.
NEAR, NEAR_PLAIN = 0.1, 0.02
BUSY = 16  # bits of the hash that are set for a picture with much in it
CROWD = 64  # neighbours in the order of their hashes that are compared where very many share a band


@dataclass(frozen=True)
class Duplicates:
    """Groups of sample numbers, each ascending: of equal pixels, and of nearly equal ones."""

    exact: tuple[tuple[int, ...], ...]
    near: tuple[tuple[int, ...], ...]


def find_duplicates(dataset: Dataset, progress: Progress) -> Duplicates:
    """Compare all images with all others by a hash of 64 brightness differences, and look closer at matches.

    Difference hashing after N. Krawetz (2013). Only such pairs are called near-duplicates whose squared
    difference is below a tenth of their variance, of plain pictures a fiftieth. Raises what ``progress``
    raises.
    """
    by_content: dict[bytes, list[int]] = defaultdict(list)
    hashes = np.empty(len(dataset), np.uint64)
    for start in range(0, len(dataset), PART):
        progress("Comparing images", start, len(dataset))
        part = dataset.part(start, start + PART)
        for k, image in enumerate(np.ascontiguousarray(part)):
            by_content[blake2b(image.data, digest_size=16).digest()].append(start + k)
        hashes[start : start + len(part)] = difference_hashes(part)
    exact = tuple(tuple(group) for group in by_content.values() if len(group) > 1)
    firsts = np.array(sorted(group[0] for group in by_content.values()))
    pairs: set[tuple[int, int]] = set()
    for band in range(BANDS):
        progress("Comparing images", band, BANDS)
        pairs |= _candidates(hashes[firsts], firsts, band)
    near = []
    for k, (one, other) in enumerate(sorted(pairs)):
        if k % PART == 0:
            progress("Looking closer", k, len(pairs))
        busy = min(int(np.bitwise_count(hashes[number])) for number in (one, other)) >= BUSY
        if _is_near(dataset, one, other, NEAR if busy else NEAR_PLAIN):
            near.append((one, other))
    return Duplicates(exact, _groups(near))


def difference_hashes(images: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.uint64]:
    """64 bits (N,) an image: whether each cell of a coarse 8 x 8 grid is darker than its right neighbour."""
    import torch
    from torch.nn.functional import adaptive_avg_pool2d

    grey = torch.from_numpy(np.ascontiguousarray(images)).float().mean(dim=1, keepdim=True)
    coarse = adaptive_avg_pool2d(grey, (8, 9))[:, 0].numpy()
    # Half a level: an even background must not be told apart by rounding.
    bits = (coarse[:, :, 1:] - coarse[:, :, :-1] > 0.5).reshape(len(images), BITS)
    return np.packbits(bits, axis=1).view(np.uint64).reshape(-1)


def _candidates(hashes: NDArray[np.uint64], numbers: NDArray[np.int64], band: int) -> set[tuple[int, int]]:
    """Pairs whose hashes share a band and differ in fewer bits than there are bands."""
    shift = np.uint64(band * (BITS // BANDS))
    keys = (hashes >> shift) & np.uint64(2 ** (BITS // BANDS) - 1)
    order = np.lexsort((hashes, keys))
    found: set[tuple[int, int]] = set()
    for gap in range(1, CROWD + 1):
        left, right = order[:-gap], order[gap:]
        same = keys[left] == keys[right]
        if not same.any():
            break
        left, right = left[same], right[same]
        differing = np.bitwise_count(hashes[left] ^ hashes[right])
        close = differing < BANDS
        found |= {
            (min(a, b), max(a, b))
            for a, b in zip(numbers[left[close]].tolist(), numbers[right[close]].tolist(), strict=True)
        }
    return found


def _is_near(dataset: Dataset, one: int, other: int, most: float) -> bool:
    a, b = (dataset.part(k, k + 1)[0].astype(np.float64) for k in (one, other))
    spread = float(((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()) / 2
    return float(((a - b) ** 2).sum()) < most * spread


def _groups(pairs: list[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """Join pairs that share an image."""
    group_of: dict[int, set[int]] = {}
    for one, other in pairs:
        joined = group_of.get(one, {one}) | group_of.get(other, {other})
        for member in joined:
            group_of[member] = joined
    unique = {id(group): tuple(sorted(group)) for group in group_of.values()}
    return tuple(sorted(unique.values()))
