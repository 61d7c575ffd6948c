"""Sizes of the maps inside convolutional networks; free of torch, so that settings can be checked with it."""

from __future__ import annotations

SMALLEST = 8  # px; a map of this size or more is halved once more
ATTENTION_LIMIT = 64  # px; attention compares every position with every other: (64 * 64)^2 numbers an image
CIFAR_HALVINGS = 3  # up to so many halvings the residual networks are those of the papers for 32 px


def sizes(size: int) -> list[int]:
    """Side lengths in px from the image down to the smallest map.

    28 -> [28, 14, 7], 64 -> [64, 32, 16, 8, 4].
    """
    chain = [size]
    while chain[-1] >= SMALLEST:
        chain.append((chain[-1] + 1) // 2)
    return chain


def is_small(size: int) -> bool:
    """Whether images of ``size`` px get the residual networks of the papers for CIFAR-10 (32 px).

    Larger ones get those for 64 px and more.
    """
    return len(sizes(size)) - 1 <= CIFAR_HALVINGS


def residual_critic_sizes(size: int) -> list[int]:
    """Side lengths in px of a residual critic's maps, from the image inwards.

    Small images are halved down to 8 px or fewer, at least once (32 -> [32, 16, 8], 8 -> [8, 4]), larger ones
    down to 4 to 7 px.
    """
    chain = sizes(size)
    if not is_small(size):
        return chain
    return chain[: 1 + max(1, sum(side > SMALLEST for side in chain))]


def widths(base: int, count: int, widest: int = 8) -> list[int]:
    """Channels of ``count`` maps from the one nearest to the image inwards.

    Base, 2 base, 4 base, ... at most ``widest`` times the base.
    """
    return [base * min(2**i, widest) for i in range(count)]


def attention_maps(kind: str, network: str, size: int) -> tuple[int, ...]:
    """Side lengths in px of the maps on which attention can work, largest first.

    ``kind`` is the family of the network, ``network`` "generator" or "critic", ``size`` that of the images.
    """
    if kind == "dcgan":
        maps = sizes(size)[1:]
    elif network == "generator":
        maps = sizes(size)
    else:
        maps = residual_critic_sizes(size)[1:]
    return tuple(side for side in maps if side <= ATTENTION_LIMIT)


def latent_parts(size: int) -> int:
    """Parts into which the BigGAN-style generator splits z: one for its start, one for each block."""
    return len(sizes(size))
