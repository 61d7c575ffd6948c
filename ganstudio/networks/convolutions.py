"""Convolution layers that compute on a processor with less work than the library's own; the numbers agree.

A convolution y = down(x, w), the transposed one x = up(y, w) and the weights' gradient w = weigh(x, y) are
derivatives of one number that is linear in each of x, w and y: <y, down(x, w)> = <up(y, w), x> =
<w, weigh(x, y)>. So the derivative of each is made of the other two, however often one derives. The library
derives a gradient through other, slower convolutions, and takes the weights' gradient along.

Each has the library's form, and others for shapes where they are faster (``python -m tests.bench
convolutions``); between many channels all three go by way of ``winograd``. The form depends on shapes and
types alone, so that a training which goes on computes as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from ganstudio.backward import wants_weights
from ganstudio.networks import winograd

enabled = True  # off: the library's own way, to compare with
NARROW = 4  # channels of images: so few outputs leave the library's transposed convolution idle
DEEP = 128  # channels, from which a matrix product finds bfloat16 gradients of weights faster


class Geometry(NamedTuple):
    """Kernel, stride and padding, each (down, across), and the size in px of the larger of both maps."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    size: tuple[int, int]

    @property
    def is_whole(self) -> bool:
        """Whether the kernel covers the larger map, and the smaller is one pixel."""
        return self.kernel == self.size and self.padding == (0, 0)

    @property
    def halves(self) -> bool:
        """Whether it is DCGAN's: kernel 4, stride 2 and padding 1 at an even size."""
        even = self.size[0] % 2 == 0 and self.size[1] % 2 == 0
        return even and (self.kernel, self.stride, self.padding) == ((4, 4), (2, 2), (1, 1))


class Conv2d(nn.Conv2d):
    """The library's, with these forms."""

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:  # noqa: A002 - its name
        if not _has_forms(self, input):
            plain: Tensor = super()._conv_forward(input, weight, bias)
            return plain
        x, weight, bias = _cast(input, weight, bias)
        geometry = _geometry(self, x.shape[2:])
        if tiling := _tiling(x, weight, geometry):
            return _plus(winograd.down(x, weight, tiling), bias)
        found: Tensor = _Down.apply(x, weight, bias, geometry)  # type: ignore[no-untyped-call]
        return found


class ConvTranspose2d(nn.ConvTranspose2d):
    """The library's, with these forms."""

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:  # noqa: A002 - its name
        """Maps (N, in, h, w) to (N, out, H, W)."""
        if output_size is not None or any(self.output_padding) or not _has_forms(self, input):
            return super().forward(input, output_size)
        y, weight, bias = _cast(input, self.weight, self.bias)
        larger = [
            (y.shape[2 + i] - 1) * self.stride[i] - 2 * int(self.padding[i]) + self.kernel_size[i]
            for i in (0, 1)
        ]
        geometry = _geometry(self, larger)
        if tiling := _tiling(y, weight, geometry):
            return _plus(winograd.up(y, weight, tiling), bias)
        found: Tensor = _Up.apply(y, weight, bias, geometry)  # type: ignore[no-untyped-call]
        return found


def down(x: Tensor, weight: Tensor, bias: Tensor | None, geometry: Geometry) -> Tensor:
    """The convolution of x (N, C, H, W) with weight (K, C, *kernel): (N, K, h, w)."""
    if geometry.is_whole:
        if bias is None:
            return (_rows(x) @ _rows(weight).t())[:, :, None, None]
        return torch.addmm(bias, _rows(x), _rows(weight).t())[:, :, None, None]
    return _library(x, weight, bias, geometry, (0, 0), transposed=False)


def up(y: Tensor, weight: Tensor, bias: Tensor | None, geometry: Geometry) -> Tensor:
    """The transposed convolution of y (N, K, h, w) with weight (K, C, *kernel): (N, C, H, W)."""
    if geometry.is_whole:
        found = _maps(y.flatten(1) @ _rows(weight), (len(y), *weight.shape[1:]))
        return found if bias is None else found.add_(bias[:, None, None])
    if geometry.halves and weight.shape[1] <= NARROW:
        return _up_narrow(y, weight, bias)
    left = [
        size - ((of - 1) * stride - 2 * padding + kernel)
        for size, of, stride, padding, kernel in zip(
            geometry.size, y.shape[2:], geometry.stride, geometry.padding, geometry.kernel, strict=True
        )
    ]
    return _library(y, weight, bias, geometry, left, transposed=True)


def weigh(x: Tensor, y: Tensor, geometry: Geometry) -> Tensor:
    """Products of x (N, C, H, W) and y (N, K, h, w), summed over samples and places: (K, C, *kernel)."""
    shape = (y.shape[1], x.shape[1], *geometry.kernel)
    if geometry.is_whole:
        return _maps(y.flatten(1).t() @ _rows(x), shape)
    if geometry.halves and x.dtype == torch.bfloat16 and x.shape[1] >= DEEP:
        return weigh_unfolded(x, y)
    like = torch.empty(shape, dtype=x.dtype, device=x.device, memory_format=torch.channels_last)
    _, found, _ = torch.ops.aten.convolution_backward(
        y,
        x,
        like,
        None,
        geometry.stride,
        geometry.padding,
        (1, 1),
        False,  # noqa: FBT003
        (0, 0),
        1,
        (False, True, False),
    )
    return found  # type: ignore[no-any-return]


def weigh_unfolded(x: Tensor, y: Tensor) -> Tensor:
    """``weigh`` of DCGAN's geometry, as one matrix product."""
    n, channels = x.shape[:2]
    padded = functional.pad(x.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1))
    sample, row, pixel, _ = padded.stride()
    windows = padded.as_strided(
        (n, *y.shape[2:], 4, 4 * channels), (sample, 2 * row, 2 * pixel, row, 1)
    )  # a row of a window lies in one piece
    products = y.permute(0, 2, 3, 1).flatten(0, 2).t() @ windows.reshape(-1, 16 * channels)
    return _maps(products, (y.shape[1], channels, 4, 4))


def _up_narrow(y: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """``up`` of DCGAN's geometry: a 2x2 convolution to the four pixels of each place at once.

    Its places (u, v) lie between those of y, (a, b) are the pixels there: x[2u + a - 1, 2v + b - 1] sums
    y[u - 1 + s, v - 1 + t] weight[a + 2 - 2s, b + 2 - 2t].
    """
    (n, k, h, w), channels = y.shape, weight.shape[1]
    split = weight.reshape(k, channels, 2, 2, 2, 2).flip(2, 4)  # kernel index 2 (1 - s) + a
    packed = split.permute(3, 5, 1, 0, 2, 4).reshape(4 * channels, k, 2, 2)
    fourfold = None if bias is None else bias.repeat(4)
    places = functional.conv2d(y, packed.contiguous(memory_format=torch.channels_last), fourfold, padding=1)
    pixels = places.permute(0, 2, 3, 1).reshape(n, h + 1, w + 1, 2, 2, channels)
    x = y.new_empty(n, h, 2, w, 2, channels)
    for i in (0, 1):
        for j in (0, 1):
            x[:, :, i, :, j] = pixels[:, i : i + h, j : j + w, 1 - i, 1 - j]
    return x.view(n, 2 * h, 2 * w, channels).permute(0, 3, 1, 2)


class _Down(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, geometry: Geometry) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.geometry = geometry
        return down(x, weight, bias, geometry)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        x, weight = ctx.saved_tensors
        geometry = ctx.geometry
        by_x, by_weight, by_bias = _wanted(ctx)
        return (
            _Up.apply(gradient, weight, None, geometry) if by_x else None,  # type: ignore[no-untyped-call]
            _Weigh.apply(x, gradient, geometry) if by_weight else None,  # type: ignore[no-untyped-call]
            gradient.sum((0, 2, 3)) if by_bias else None,
            None,
        )


class _Up(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, y: Tensor, weight: Tensor, bias: Tensor | None, geometry: Geometry) -> Tensor:
        ctx.save_for_backward(y, weight)
        ctx.geometry = geometry
        return up(y, weight, bias, geometry)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        y, weight = ctx.saved_tensors
        geometry = ctx.geometry
        by_y, by_weight, by_bias = _wanted(ctx)
        return (
            _Down.apply(gradient, weight, None, geometry) if by_y else None,  # type: ignore[no-untyped-call]
            _Weigh.apply(gradient, y, geometry) if by_weight else None,  # type: ignore[no-untyped-call]
            gradient.sum((0, 2, 3)) if by_bias else None,
            None,
        )


class _Weigh(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, y: Tensor, geometry: Geometry) -> Tensor:
        ctx.save_for_backward(x, y)
        ctx.geometry = geometry
        return weigh(x, y, geometry)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        x, y = ctx.saved_tensors
        by_x, by_y, _ = ctx.needs_input_grad
        return (
            _Up.apply(y, gradient, None, ctx.geometry) if by_x else None,  # type: ignore[no-untyped-call]
            _Down.apply(x, gradient, None, ctx.geometry) if by_y else None,  # type: ignore[no-untyped-call]
            None,
        )


def _wanted(ctx: Any) -> tuple[bool, bool, bool]:
    by_map, by_weight, by_bias, _ = ctx.needs_input_grad
    weights = wants_weights()
    return by_map, by_weight and weights, by_bias and weights


def _has_forms(layer: nn.Conv2d | nn.ConvTranspose2d, x: Tensor) -> bool:
    """Whether it is computed here: on a processor, by a plain layer, and not to be written down elsewhere."""
    if not enabled or x.device.type != "cpu" or x.dim() != 4:
        return False
    if torch.compiler.is_compiling():
        return False
    plain = layer.groups == 1 and layer.dilation == (1, 1) and layer.padding_mode == "zeros"
    return plain and not isinstance(layer.padding, str)


def _geometry(layer: nn.Conv2d | nn.ConvTranspose2d, size: Sequence[int]) -> Geometry:
    return Geometry(
        (layer.kernel_size[0], layer.kernel_size[1]),
        (layer.stride[0], layer.stride[1]),
        (int(layer.padding[0]), int(layer.padding[1])),
        (size[0], size[1]),
    )


def _tiling(maps: Tensor, weight: Tensor, geometry: Geometry) -> winograd.Tiling | None:
    return winograd.tiling(maps, weight, geometry.size) if geometry.halves else None


def _plus(maps: Tensor, bias: Tensor | None) -> Tensor:
    return maps if bias is None else maps + bias[:, None, None]


def _cast(x: Tensor, weight: Tensor, bias: Tensor | None) -> tuple[Tensor, Tensor, Tensor | None]:
    """All in the type that mixed precision computes with, where it is on."""
    if not torch.is_autocast_enabled("cpu") or x.dtype == torch.float64:
        return x, weight, bias
    kind = torch.get_autocast_dtype("cpu")
    return x.to(kind), weight.to(kind), None if bias is None else bias.to(kind)


def _library(
    maps: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    geometry: Geometry,
    left: Sequence[int],
    *,
    transposed: bool,
) -> Tensor:
    return torch.ops.aten.convolution(  # type: ignore[no-any-return]
        maps, weight, bias, geometry.stride, geometry.padding, (1, 1), transposed, left, 1
    )


def _rows(maps: Tensor) -> Tensor:
    """(A, C, H, W) as (A, H W C): a view, where channels lie last."""
    return maps.permute(0, 2, 3, 1).flatten(1)


def _maps(rows: Tensor, shape: Sequence[int]) -> Tensor:
    """The way back to ``shape`` (A, C, H, W)."""
    a, c, h, w = shape
    return rows.view(a, h, w, c).permute(0, 3, 1, 2)
