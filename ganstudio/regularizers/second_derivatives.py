"""A forward pass whose gradient is cheap to differentiate once more, as gradient penalties do.

The second derivatives of a ReLU and of a mean over pixels are zero. The library computes them all the same:
it makes tensors of zeros and sends them back through the whole forward pass, with a weight gradient for each
layer. Here the gradient of such a layer takes its input as a constant; what comes out is the same, without
the detour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

enabled = True  # off: the library's own way, to compare with
_kernels = torch.ops.aten


def without_zeros() -> AbstractContextManager[object]:
    """Around a forward pass whose gradient by its input, and nothing else, is taken with a graph."""
    return _Mode() if enabled else nullcontext()


class _Mode(TorchFunctionMode):
    """Puts the functions below in the place of the library's."""

    def __torch_function__(
        self, function: Callable[..., Any], types: Iterable[type], args: Any = (), kwargs: Any = None
    ) -> Any:
        del types
        ours = _OURS.get(function)
        if ours is not None and args[0].requires_grad and not torch.is_autocast_enabled(args[0].device.type):
            found = ours(*args, **(kwargs or {}))
            if found is not None:
                return found
        return function(*args, **(kwargs or {}))


class _Relu(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        ctx.set_materialize_grads(False)  # no zeros of its own either
        return functional.relu(x)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor | None) -> Any:
        (x,) = ctx.saved_tensors
        return gradient if gradient is None else _kernels.threshold_backward(gradient, x.detach(), 0)


class _LeakyRelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, slope: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.set_materialize_grads(False)
        ctx.slope = slope
        return functional.leaky_relu(x, slope)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor | None) -> Any:
        (x,) = ctx.saved_tensors
        if gradient is None:
            return None, None
        return _kernels.leaky_relu_backward(gradient, x.detach(), ctx.slope, False), None  # noqa: FBT003


class _MeanPool(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, options: tuple[Any, ...]) -> Any:
        ctx.save_for_backward(x)
        ctx.set_materialize_grads(False)
        ctx.options = options
        return _kernels.avg_pool2d(x, *options)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor | None) -> Any:
        (x,) = ctx.saved_tensors
        if gradient is None:
            return None, None
        return _kernels.avg_pool2d_backward(gradient, x.detach(), *ctx.options), None


def _relu(x: Tensor, inplace: bool = False) -> Any:  # noqa: FBT001, FBT002 - as the library's
    return None if inplace else _Relu.apply(x)  # type: ignore[no-untyped-call]


def _leaky_relu(x: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Any:  # noqa: FBT001, FBT002
    return None if inplace else _LeakyRelu.apply(x, negative_slope)  # type: ignore[no-untyped-call]


def _mean_pool(
    x: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,  # noqa: FBT001, FBT002 - as the library's
    count_include_pad: bool = True,  # noqa: FBT001, FBT002
    divisor_override: int | None = None,
) -> Any:
    steps = _pair(kernel_size if stride is None else stride)
    options = (_pair(kernel_size), steps, _pair(padding), ceil_mode, count_include_pad, divisor_override)
    return _MeanPool.apply(x, options)  # type: ignore[no-untyped-call]


def _pair(value: Any) -> list[int]:
    return [value, value] if isinstance(value, int) else list(value)


_OURS: dict[Any, Callable[..., Any]] = {
    functional.relu: _relu,
    torch.relu: _relu,
    functional.leaky_relu: _leaky_relu,
    functional.avg_pool2d: _mean_pool,
}
