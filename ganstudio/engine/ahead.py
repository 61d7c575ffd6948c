"""The samples of the next step, made on the other core while this step still computes.

Until its own step the generator stays as it is, so what it makes of the next latents does not depend on the
critic step under way: the numbers are the same to the last bit. Between two steps the state is then a little
ahead of the algorithm; whoever looks at it or copies it takes that back first.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import torch
from torch import Tensor

from ganstudio.engine.lanes import Lane

enabled = True  # off: everything in its turn, to compare with


class Made(NamedTuple):
    """Latents and the samples that the generator makes of them, with graph."""

    latents: Tensor
    samples: Tensor


class Ahead:
    """Samples on their way in a lane; that changes ``stream`` and the generator's ``buffers``, no more.

    ``made`` is there for what follows in the lane; it is missing where the making failed.
    """

    made: Made

    def __init__(
        self, lane: Lane, make: Callable[[], Made], stream: torch.Generator, buffers: tuple[Tensor, ...]
    ) -> None:
        self._stream, self._buffers = stream, buffers

        def begin() -> Made:
            self._stream_before = stream.get_state()
            self._buffers_before = [torch.empty_like(buffer) for buffer in self._buffers]
            if self._buffers:
                torch._foreach_copy_(self._buffers_before, self._buffers)
            self.made = make()
            return self.made

        self._wait = lane.begin(begin)

    def take(self) -> Made:
        """What was made; waits for it."""
        return self._wait()

    def take_back(self) -> None:
        """Leave the stream and the generator as if nothing had begun."""
        with suppress(Exception):  # what failed here fails once more in its turn, and is told there
            self._wait()
        self._stream.set_state(self._stream_before)
        with torch.no_grad():
            for buffer, before in zip(self._buffers, self._buffers_before, strict=True):
                buffer.copy_(before)
