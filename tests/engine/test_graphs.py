"""How CUDA graphs are recorded: the calls in their order, on a machine that need not have such a device."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch

from ganstudio.engine.graphs import CudaGraphs, recorder_of

CUDA = torch.device("cuda:0")


class FakeStream:
    def __init__(self, calls: list[str], name: str) -> None:
        self.calls, self.name = calls, name

    def wait_stream(self, other: FakeStream) -> None:
        self.calls.append(f"{self.name} waits for {other.name}")


class FakeCuda:
    """Notes what is called, in the names of torch.cuda."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.usual = FakeStream(self.calls, "usual")

    def install(self, patch: pytest.MonkeyPatch) -> None:
        real = inspect.signature(torch.cuda.graph)

        @contextmanager
        def within(what: Any) -> Iterator[None]:
            name = what.name if isinstance(what, FakeStream) else str(what)
            self.calls.append(f"in {name}")
            yield
            self.calls.append(f"out of {name}")

        @contextmanager
        def graph(*args: Any, **kwargs: Any) -> Iterator[None]:
            told = real.bind(*args, **kwargs).arguments  # the names are torch's own
            self.calls.append(f"begin {told['stream'].name} {told['capture_error_mode']}")
            try:
                yield
            finally:
                self.calls.append("end")

        calls = self.calls

        class Graph:
            def register_generator_state(self, stream: torch.Generator) -> None:
                calls.append(f"stream {stream.initial_seed()}")

            def replay(self) -> None:
                calls.append("replay")

        patch.setattr(torch.cuda, "Stream", lambda _device: FakeStream(calls, "side"))
        patch.setattr(torch.cuda, "current_stream", lambda _device: self.usual)
        patch.setattr(torch.cuda, "set_stream", lambda stream: calls.append(f"set {stream.name}"))
        patch.setattr(torch.cuda, "stream", within)
        patch.setattr(torch.cuda, "device", within)
        patch.setattr(torch.cuda, "graph", graph)
        patch.setattr(torch.cuda, "CUDAGraph", Graph)


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch) -> FakeCuda:
    fake = FakeCuda()
    fake.install(monkeypatch)
    return fake


def test_a_rehearsal_is_on_the_recording_stream_and_waited_for_on_both_sides(cuda: FakeCuda) -> None:
    assert CudaGraphs(CUDA).rehearse(lambda: cuda.calls.append("work") or 7) == 7
    assert cuda.calls == [
        "side waits for usual",
        "in side",
        "work",
        "out of side",
        "usual waits for side",
    ]


def test_streams_are_made_known_before_a_recording_which_does_not_replay(cuda: FakeCuda) -> None:
    streams = [torch.Generator().manual_seed(seed) for seed in (4, 2)]
    replay = CudaGraphs(CUDA).record(lambda: cuda.calls.append("work"), streams)
    assert cuda.calls == [
        "stream 4",
        "stream 2",
        "in cuda:0",
        "begin side thread_local",
        "work",
        "end",
        "out of cuda:0",
        "set usual",
    ]
    replay()
    assert cuda.calls[-1] == "replay"


def test_a_recording_that_fails_leaves_the_usual_stream_and_the_way_free(cuda: FakeCuda) -> None:
    def refused() -> None:
        raise RuntimeError("not permitted")

    recorder = CudaGraphs(CUDA)
    with pytest.raises(RuntimeError, match="not permitted"):
        recorder.record(refused, [])
    assert cuda.calls[-1] == "set usual"
    recorder.record(lambda: None, [])
    assert cuda.calls[-1] == "set usual"


def test_only_cuda_devices_have_a_recorder(cuda: FakeCuda) -> None:
    del cuda
    assert recorder_of(torch.device("cpu")) is None
    assert isinstance(recorder_of(CUDA), CudaGraphs)
