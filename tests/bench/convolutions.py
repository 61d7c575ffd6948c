"""The convolutions of our own against the library's, for each shape that DCGAN's networks have.

The last pair of figures is a layer with the gradients of input and weights, direct and with fewer
multiplications where these are used.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import torch

from ganstudio.allocator import keep_freed_memory
from ganstudio.networks import convolutions, winograd
from ganstudio.networks.convolutions import Geometry
from ganstudio.threads import threads_without_window


class Shape(NamedTuple):
    """Samples, channels of the larger and of the smaller map, size of the larger one, kernel."""

    count: int
    large: int
    small: int
    size: int
    kernel: int


SHAPES = (
    Shape(64, 3, 64, 64, 4),
    Shape(64, 64, 128, 32, 4),
    Shape(64, 128, 256, 16, 4),
    Shape(64, 256, 512, 8, 4),
    Shape(64, 512, 1, 4, 4),
    Shape(64, 512, 64, 4, 4),
    Shape(64, 3, 64, 32, 4),
    Shape(128, 64, 128, 16, 4),
    Shape(128, 128, 256, 8, 4),
    Shape(64, 64, 64, 32, 3),
)


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--threads", type=int, default=threads_without_window())
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Measure and print."""
    keep_freed_memory()
    torch.set_num_threads(arguments.threads)
    print("milliseconds of the library and of ours: down (convolution), up (transposed), weigh (weights)")
    for kind in (torch.float32, torch.bfloat16):
        for shape in SHAPES:
            measure(shape, kind)


def measure(shape: Shape, kind: torch.dtype) -> None:
    """One shape."""
    count, large, small, size, kernel = shape
    halved = kernel == 4 and size > kernel
    stride, padding = (2, 1) if halved else (1, 0 if kernel == size else 1)
    geometry = Geometry((kernel, kernel), (stride, stride), (padding, padding), (size, size))
    of = (size + 2 * padding - kernel) // stride + 1
    x, y, w = (
        torch.randn(shape, dtype=kind).to(memory_format=torch.channels_last)
        for shape in ((count, large, size, size), (count, small, of, of), (small, large, kernel, kernel))
    )

    def theirs(*wanted: bool) -> None:
        options = (geometry.stride, geometry.padding, (1, 1), False, (0, 0), 1, wanted)
        torch.ops.aten.convolution_backward(y, x, w, None, *options)

    pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "down": (
            lambda: torch.conv2d(x, w, None, stride, padding),
            lambda: convolutions.down(x, w, None, geometry),
        ),
        "up": (
            lambda: torch.conv_transpose2d(y, w, None, stride, padding),
            lambda: convolutions.up(y, w, None, geometry),
        ),
        "weigh": (
            lambda: theirs(False, True, False),
            lambda: convolutions.weigh(x, y, geometry),
        ),
    }
    texts = []
    with torch.no_grad():
        for name, (library, ours) in pairs.items():
            texts.append(f"{name} {milliseconds(library):6.2f} {milliseconds(ours):6.2f}")
    layer = convolutions.Conv2d(large, small, kernel, stride, padding, bias=False).to(kind)
    layer = layer.to(memory_format=torch.channels_last)

    def everything() -> None:
        leaf = x.detach().requires_grad_()
        torch.autograd.grad(layer(leaf), [leaf, layer.weight], y)

    times = []
    for on in (False, True):
        winograd.enabled = on
        times.append(milliseconds(everything))
    texts.append(f"all {times[0]:6.2f} {times[1]:6.2f}")
    print(f"{str(kind)[6:]:8} {count:3} x {large:3} at {size:2} to {small:3} at {of:2}: " + ", ".join(texts))


def milliseconds(work: Callable[[], object]) -> float:
    """The median of several."""
    taken = []
    for _ in range(9):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return 1e3 * statistics.median(taken)
