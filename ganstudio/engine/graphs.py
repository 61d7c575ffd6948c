"""Recorders of device work: what is recorded once is done again by one call, without Python in between.

On CUDA devices a recording is a CUDA graph: every kernel with the memory it reads and writes, and with the
numbers that the host gave it. Recording does nothing but record; only replays compute. Whatever changes from
one replay to the next must lie on the device.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import Protocol, TypeVar

import torch

Done = TypeVar("Done")


class Recorder(Protocol):
    """Records the work of one device."""

    def rehearse(self, work: Callable[[], Done]) -> Done:
        """Do the work where it is going to be recorded, so that libraries are ready and states are there."""

    def record(self, work: Callable[[], object], streams: Iterable[torch.Generator]) -> Callable[[], None]:
        """Record the work, and return what does it.

        ``streams`` are all the random streams that it draws from: each time it goes on from where they are,
        and they move on as if the work had been done the ordinary way. Raises RuntimeError where something
        cannot be recorded; the streams are then of no more use.
        """


class CudaGraphs:
    """Records CUDA graphs, each with memory of its own."""

    _alone = Lock()  # one recording at a time in a process, whatever else its threads do on the device

    def __init__(self, device: torch.device) -> None:
        self._device = device
        # Of rehearsals and recordings: libraries keep their memory by stream.
        self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]

    def rehearse(self, work: Callable[[], Done]) -> Done:
        """Do the work on the stream that is going to record."""
        usual = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(usual)
        with torch.cuda.stream(self._stream):
            done = work()
        usual.wait_stream(self._stream)
        return done

    def record(self, work: Callable[[], object], streams: Iterable[torch.Generator]) -> Callable[[], None]:
        """Record a graph; ``replay`` is what does it."""
        usual = torch.cuda.current_stream(self._device)
        graph = torch.cuda.CUDAGraph()
        for stream in streams:
            graph.register_generator_state(stream)
        # Other threads may use the device meanwhile, to draw samples for instance.
        graph_of_work = torch.cuda.graph(graph, stream=self._stream, capture_error_mode="thread_local")
        try:
            with self._alone, torch.cuda.device(self._device), graph_of_work:
                work()
        finally:
            torch.cuda.set_stream(usual)  # a recording that fails leaves its own behind
        return graph.replay


def recorder_of(device: torch.device) -> Recorder | None:
    """The recorder of a device's work; None where there is none."""
    return CudaGraphs(device) if device.type == "cuda" else None
