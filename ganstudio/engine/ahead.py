"""The samples of the next step, made on the other core while this step still computes.

From one step of its own to the next the generator stays as it is, so what it makes of the next latents does
not depend on the critic step under way: the numbers are the same to the last bit. Between two steps the state
is then a little ahead of the algorithm; whoever looks at it or copies it takes that back first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import cycle
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ganstudio.engine.lanes import Lane, Wait

enabled = True  # off: everything in its turn, to compare with


class Made(NamedTuple):
    """Latents, the samples that the generator makes of them without graph, and what gives them one.

    And what gives the generator's weights their gradients from that by the samples, where it needs no graph.
    """

    latents: Tensor
    samples: Tensor
    with_graph: Callable[[], Tensor]
    give_back: Callable[[Tensor], None] | None = None


class Buffers:
    """The generator's buffers, and room for how they were before each of two steps."""

    def __init__(self, generator: nn.Module) -> None:
        self.generator, self.tensors = generator, list(generator.buffers())
        self._rooms = cycle([[torch.empty_like(tensor) for tensor in self.tensors] for _ in range(2)])

    def kept(self) -> list[Tensor]:
        """What they are now; it is overwritten when they are kept a second time after this."""
        room = next(self._rooms)
        if room:
            torch._foreach_copy_(room, self.tensors)
        return room

    def put_back(self, kept: list[Tensor]) -> None:
        """Make them what they were."""
        if kept:
            torch._foreach_copy_(self.tensors, kept)


class Stock:
    """Latents drawn in advance while the other core has nothing else to do: those that would come next.

    ``stream`` says what they are drawn from; it is then ahead of the algorithm, too.
    """

    def __init__(self, draw: Callable[[], Tensor], stream: Callable[[], torch.Generator]) -> None:
        self._draw, self._stream = draw, stream
        self._coming: Wait[list[tuple[Tensor, Tensor]]] | None = None
        self._drawn: deque[tuple[Tensor, Tensor]] = deque()  # the stream's state before, and latents
        self._before = torch.empty(0)  # the stream's state before those that are coming

    def begin(self, lane: Lane, count: int) -> None:
        """Let the lane draw as many as are missing of that number."""
        missing = count - len(self._drawn)
        if self._coming is None and missing > 0:
            self._before = self._stream().get_state()
            self._coming = lane.begin(
                lambda: [(self._stream().get_state(), self._draw()) for _ in range(missing)]
            )

    def next(self) -> Tensor:
        """The next latents; waits for those that are coming, and draws where none are left."""
        self._settle()
        return self._drawn.popleft()[1] if self._drawn else self._draw()

    def before(self) -> Tensor:
        """The stream's state before the next latents, as the algorithm has it."""
        self._settle()
        return self._drawn[0][0] if self._drawn else self._stream().get_state()

    def take_back(self) -> None:
        """Leave the stream as if nothing had been drawn in advance."""
        with suppress(Exception):  # what failed here fails once more in its turn, and is told there
            self._settle()
        if self._drawn:
            self.rewind(self._drawn[0][0])

    def rewind(self, before: Tensor) -> None:
        """Leave the stream in that state, and forget what was drawn."""
        self._drawn.clear()
        self._stream().set_state(before)

    def _settle(self) -> None:
        coming, self._coming = self._coming, None
        if coming is None:
            return
        try:
            self._drawn.extend(coming())
        except BaseException:
            self.rewind(self._before)
            raise


class Ahead:
    """Samples on their way in a lane; that changes the stream of ``stock`` and ``buffers``, no more.

    ``samples`` are there for what follows in the lane, and hold no graph; where the making failed they are
    missing.
    """

    samples: Tensor

    def __init__(self, lane: Lane, make: Callable[[], Made], stock: Stock, buffers: Buffers) -> None:
        self._stock, self._buffers = stock, buffers
        self._stream_before: Tensor | None = None  # until it is known, nothing is changed
        self._buffers_before: list[Tensor] = []

        def begin() -> Made:
            self._stream_before = stock.before()
            self._buffers_before = buffers.kept()
            made = make()
            self.samples = made.samples
            return made

        self._wait = lane.begin(begin)

    def take(self) -> Made:
        """What was made; waits for it."""
        return self._wait()

    def take_back(self) -> None:
        """Leave the stream and the generator as if nothing had begun."""
        with suppress(Exception):  # what failed here fails once more in its turn, and is told there
            self._wait()
        if self._stream_before is not None:
            self._stock.rewind(self._stream_before)
        with torch.no_grad():
            self._buffers.put_back(self._buffers_before)
