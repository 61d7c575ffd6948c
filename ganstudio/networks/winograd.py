"""DCGAN's convolutions (kernel 4, stride 2, padding 1) with fewer multiplications: minimal filtering.

Four neighbouring outputs of two taps take five products instead of eight, in two dimensions 25 instead of 64,
between transforms of inputs, weights and outputs, which are sums with fixed factors (Winograd, Arithmetic
Complexity of Computations, 1980; F(4x4, 2x2) of Lavin and Gray, arXiv:1509.09308, section 4). A kernel of 4
with stride 2 has two taps in each direction over the four maps of every second pixel, taken as more channels.

The products over channels are a batch of matrix products, one for each of the 25 points; the transforms are
small matrix products, tile by tile. Each transform is linear, so that its derivative is its transpose; the
transposed convolution and the gradients of both are made of the same. The results are the library's but for
rounding, which with many channels is one to three times as much.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from ganstudio.backward import wants_weights

enabled = True  # off: direct convolutions, to compare with
TAPS = STRIDE = 2
OUTPUTS = 4  # of a tile, in each direction
POINTS = OUTPUTS + TAPS - 1  # products, in each direction; a tile has as many of every second pixel
FINITE_POINTS = (0.0, 1.0, -2.0, -0.5)  # and infinity: these round least
CHANNELS = 64  # of either map, and
PAIRS = 128 * 128  # of one of either: from here the products saved outweigh the transforms
TILES = 64  # from which they outweigh those of the weights, which are made once for all tiles


class Tiling(NamedTuple):
    """Tiles down and across a map, and the channels of the larger and of the smaller map."""

    tiles: tuple[int, int]
    large: int
    small: int

    @property
    def depth(self) -> int:
        """Channels of the maps of every second pixel."""
        return STRIDE**2 * self.large


def tiling(maps: Tensor, weight: Tensor, size: tuple[int, int]) -> Tiling | None:
    """How maps are cut where this way is faster (``python -m tests.bench convolutions``), else None.

    ``maps`` are (N, C, H, W) or (N, K, H/2, W/2), the weight is (K, C, 4, 4) and ``size`` (H, W) in px.
    """
    tiles = (size[0] // (STRIDE * OUTPUTS), size[1] // (STRIDE * OUTPUTS))
    whole = all(STRIDE * OUTPUTS * count == of for count, of in zip(tiles, size, strict=True))
    small, large = weight.shape[:2]
    exact = maps.dtype in {torch.float32, torch.float64}
    enough = len(maps) * tiles[0] * tiles[1] >= TILES and large * small >= PAIRS
    if not (enabled and whole and exact and enough) or min(small, large) < CHANNELS:
        return None
    return Tiling(tiles, large, small)


def down(x: Tensor, weight: Tensor, tiling: Tiling) -> Tensor:
    """The convolution of x (N, C, H, W) with weight (K, C, 4, 4): (N, K, H/2, W/2)."""
    inputs = _map(x, tiling, _inputs, _inputs_back)
    weights = _map(weight, tiling, _weights, _weights_back)
    return _map(_product("outputs", inputs, weights), tiling, _outputs, _outputs_back)


def up(y: Tensor, weight: Tensor, tiling: Tiling) -> Tensor:
    """The transposed convolution of y (N, K, H/2, W/2) with weight (K, C, 4, 4): (N, C, H, W)."""
    outputs = _map(y, tiling, _outputs_back, _outputs)
    weights = _map(weight, tiling, _weights, _weights_back)
    return _map(_product("inputs", outputs, weights), tiling, _inputs_back, _inputs)


class _Transforms(NamedTuple):
    """Of tiles as vectors, row by row."""

    inputs: Tensor  # (25, 25)
    weights: Tensor  # (25, 4)
    outputs: Tensor  # (16, 25)


@lru_cache
def _transforms(kind: torch.dtype) -> _Transforms:
    """Products of polynomials, which are convolutions, by their values at points; transposed."""

    def values(terms: int) -> Tensor:
        """Of a polynomial with so many coefficients, at the points; at infinity that is the last of them."""
        finite = [[point**power for power in range(terms)] for point in FINITE_POINTS]
        return torch.tensor([*finite, [0.0] * (terms - 1) + [1.0]], dtype=torch.float64)

    def both_ways(matrix: Tensor) -> Tensor:
        return torch.kron(matrix, matrix).to(kind)

    interpolation = torch.linalg.inv(values(POINTS))
    return _Transforms(both_ways(interpolation.t()), both_ways(values(TAPS)), both_ways(values(OUTPUTS).t()))


def _inputs(x: Tensor, tiling: Tiling) -> Tensor:
    """(N, C, H, W) to (25, tiles, depth)."""
    tiles = _windows(functional.pad(x.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1)), tiling)
    return _each(_transforms(x.dtype).inputs, tiles.reshape(-1, POINTS**2, tiling.depth)).transpose(0, 1)


def _inputs_back(products: Tensor, tiling: Tiling) -> Tensor:
    """(25, tiles, depth) to (N, C, H, W), summed where tiles overlap."""
    tiles = _each(_transforms(products.dtype).inputs.t(), products.transpose(0, 1))
    tiles = tiles.view(-1, *tiling.tiles, POINTS, POINTS, STRIDE, STRIDE, tiling.large)
    if tiling.tiles == (1, 1):
        padded = tiles.transpose(4, 5).reshape(-1, STRIDE * POINTS, STRIDE * POINTS, tiling.large)
    else:
        size = (STRIDE * (OUTPUTS * count + TAPS - 1) for count in tiling.tiles)
        padded = products.new_zeros(len(tiles), *size, tiling.large)
        windows = _windows(padded, tiling)
        for i in (0, 1):
            for j in (0, 1):  # every second tile: these do not overlap
                windows[:, i::2, j::2].add_(tiles[:, i::2, j::2])
    return padded[:, 1:-1, 1:-1].contiguous().permute(0, 3, 1, 2)


def _windows(padded: Tensor, tiling: Tiling) -> Tensor:
    """(N, H + 2, W + 2, C) as (N, down, across, 5, 5, 2, 2, C), a view: tiles of every second pixel."""
    sample, row, pixel, channel = padded.stride()
    return padded.as_strided(
        (len(padded), *tiling.tiles, POINTS, POINTS, STRIDE, STRIDE, tiling.large),
        (
            *(sample, STRIDE * OUTPUTS * row, STRIDE * OUTPUTS * pixel),
            *(STRIDE * row, STRIDE * pixel, row, pixel, channel),
        ),
    )


def _weights(weight: Tensor, tiling: Tiling) -> Tensor:
    """(K, C, 4, 4) to (25, K, depth)."""
    taps = weight.permute(0, 2, 3, 1).reshape(-1, TAPS, STRIDE, TAPS, STRIDE, tiling.large).transpose(2, 3)
    return _each(_transforms(weight.dtype).weights, taps.reshape(-1, TAPS**2, tiling.depth)).transpose(0, 1)


def _weights_back(products: Tensor, tiling: Tiling) -> Tensor:
    """(25, K, depth) to (K, C, 4, 4)."""
    taps = _each(_transforms(products.dtype).weights.t(), products.transpose(0, 1))
    taps = taps.view(-1, TAPS, TAPS, STRIDE, STRIDE, tiling.large).transpose(2, 3)
    return taps.reshape(-1, TAPS * STRIDE, TAPS * STRIDE, tiling.large).permute(0, 3, 1, 2)


def _outputs(products: Tensor, tiling: Tiling) -> Tensor:
    """(25, tiles, K) to (N, K, H/2, W/2)."""
    down_, across = tiling.tiles
    tiles = _each(_transforms(products.dtype).outputs, products.transpose(0, 1))
    maps = tiles.view(-1, down_, across, OUTPUTS, OUTPUTS, tiling.small).transpose(2, 3)
    return maps.reshape(-1, OUTPUTS * down_, OUTPUTS * across, tiling.small).permute(0, 3, 1, 2)


def _outputs_back(y: Tensor, tiling: Tiling) -> Tensor:
    """(N, K, H/2, W/2) to (25, tiles, K)."""
    down_, across = tiling.tiles
    maps = y.permute(0, 2, 3, 1).reshape(-1, down_, OUTPUTS, across, OUTPUTS, tiling.small).transpose(2, 3)
    tiles = maps.reshape(-1, OUTPUTS**2, tiling.small)
    return _each(_transforms(y.dtype).outputs.t(), tiles).transpose(0, 1)


def _each(matrix: Tensor, tiles: Tensor) -> Tensor:
    """The matrix times each of the tiles (tiles, from, channels)."""
    return torch.bmm(matrix.expand(len(tiles), *matrix.shape), tiles)


_Map = Callable[[Tensor, Tiling], Tensor]


class _Linear(torch.autograd.Function):
    """A linear map; its derivative is its transpose."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, tiling: Tiling, forth: _Map, back: _Map) -> Tensor:
        ctx.transpose = tiling, back, forth
        return forth(values, tiling)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        return _map(gradient, *ctx.transpose), None, None, None


def _map(values: Tensor, tiling: Tiling, forth: _Map, back: _Map) -> Tensor:
    found: Tensor = _Linear.apply(values, tiling, forth, back)  # type: ignore[no-untyped-call]
    return found


_Part = Literal["inputs", "outputs", "weights"]
_FACTORS: dict[_Part, tuple[_Part, _Part]] = {
    "inputs": ("outputs", "weights"),
    "outputs": ("inputs", "weights"),
    "weights": ("inputs", "outputs"),
}


class _Product(torch.autograd.Function):
    """One of inputs, outputs and weights from the two others.

    The three are the derivatives of one number, which is linear in each.
    """

    @staticmethod
    def forward(ctx: Any, of: _Part, first: Tensor, second: Tensor) -> Tensor:
        ctx.of = of
        ctx.save_for_backward(first, second)
        if of == "inputs":
            return torch.bmm(first, second)
        if of == "outputs":
            return torch.bmm(first, second.transpose(1, 2))
        return torch.bmm(second.transpose(1, 2), first)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        factors = _FACTORS[ctx.of]
        known = {**dict(zip(factors, ctx.saved_tensors, strict=True)), ctx.of: gradient}
        return None, *(
            _product(part, *(known[factor] for factor in _FACTORS[part]))
            if wanted and (part != "weights" or wants_weights())
            else None
            for part, wanted in zip(factors, ctx.needs_input_grad[1:], strict=True)
        )


def _product(of: _Part, first: Tensor, second: Tensor) -> Tensor:
    found: Tensor = _Product.apply(of, first, second)  # type: ignore[no-untyped-call]
    return found
