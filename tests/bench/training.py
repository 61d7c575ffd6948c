"""The studio's engine against the script that people write, in turns in one run.

Run by ``python -m tests.bench training [case ...]``. It prints for each case the ratio of the rates (above 1:
the studio is faster) with its spread, the share of the work by phase, and how much of the machine's
matrix-multiply throughput the studio uses, measured in the same run. The script has a process of its own with
all that torch chooses by default; the studio computes as ``ganstudio train`` does.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from subprocess import PIPE, Popen
from typing import Any, TypeVar

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from ganstudio.allocator import keep_freed_memory
from ganstudio.engine.events import Event
from ganstudio.engine.lanes import Inline
from ganstudio.engine.step import critic_stages, generator_stages
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.parse import with_assignments
from ganstudio.threads import threads_without_window
from tests.bench.cases import CASES

Outcome = TypeVar("Outcome")

NEVER = 10**9
PHASES = {
    "draw_data": "data",
    "draw_latents": "latents",
    "generate": "generate",
    "score_real": "score",
    "score_fake": "score",
    "objective": "score",  # with the loss's gradient, where a plain critic finds both in one call
    "penalty": "backward",  # the stage ends when both gradients are there
    "backward": "backward",
    "update": "optimiser",
    "clip": "optimiser",
}


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)} (default: all)")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3.0, help="of either in each round")
    parser.add_argument("--threads", type=int, default=threads_without_window(), help="of the studio")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--set", metavar="PATH=VALUE", action="append", default=[], help="another setting")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Measure and print."""
    keep_freed_memory()
    peak = matmul_rate(arguments.device, arguments.threads)
    print(
        f"{arguments.threads} threads on {arguments.device}; matrix multiplication {peak / 1e9:.1f} GFLOP/s"
    )
    for name in arguments.cases or CASES:
        measure(name, arguments, peak)


def measure(name: str, arguments: argparse.Namespace, peak: float) -> None:
    """One case."""
    case, device = CASES[name], arguments.device
    experiment = with_assignments(case.experiment(), arguments.set)
    trainer = Trainer(experiment, device=device, threads=arguments.threads, dataset=case.dataset())
    events = trainer.run(NEVER)
    rates = []
    with Rival(name, device, arguments.set) as script:
        studio_rate(trainer, events, 1.0, device)
        script.seconds(2)
        count = max(1, round(arguments.seconds * 2 / script.seconds(2)))
        for _ in range(arguments.rounds):
            ours = studio_rate(trainer, events, arguments.seconds, device)
            rates.append((ours, count / script.seconds(count)))
    ratios = [ours / theirs for ours, theirs in rates]
    ours, theirs = (statistics.median(column) for column in zip(*rates, strict=True))
    flops = step_flops(trainer)
    print(
        f"\n{case.title}: ratio {statistics.median(ratios):.2f} (from {min(ratios):.2f} to "
        f"{max(ratios):.2f}; goal {case.goal}), {ours:.2f} against {theirs:.2f} iterations/s; "
        f"{flops * ours / peak:.0%} of the rate of matrix multiplication"
    )
    shares = phases(trainer, max(3, round(ours)), 1 / ours, device)
    print("  " + ", ".join(f"{name} {share:.0%}" for name, share in shares.items()))


class Rival:
    """The script in its own process."""

    def __init__(self, name: str, device: str, settings: list[str]) -> None:
        plain = {key: value for key, value in os.environ.items() if not key.startswith(("OMP_", "MALLOC_"))}
        command = [sys.executable, "-m", "tests.bench.script", name, device, *settings]
        self._process = Popen(command, stdin=PIPE, stdout=PIPE, text=True, env=plain)

    def __enter__(self) -> Rival:
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.communicate()

    def seconds(self, iterations: int) -> float:
        """How long it takes for so many iterations."""
        told, answer = self._process.stdin, self._process.stdout
        assert told is not None
        assert answer is not None
        print(iterations, file=told, flush=True)
        return float(answer.readline())


class Timed(Inline):
    """Computes the penalty in its turn, and tells how long that takes."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def begin(self, work: Callable[[], Outcome]) -> Callable[[], Outcome]:
        def timed_work() -> Outcome:
            begun = time.perf_counter()
            outcome = work()
            self.seconds += time.perf_counter() - begun
            return outcome

        return timed_work


def studio_rate(trainer: Trainer, events: Iterator[Event], seconds: float, device: str) -> float:
    """Iterations a second over about that many, with all events, which nobody keeps."""
    before, begun = trainer.iteration, time.perf_counter()
    while time.perf_counter() - begun < seconds or trainer.iteration == before:
        next(events)
    if device.startswith("cuda"):
        torch.cuda.synchronize()
    return (trainer.iteration - before) / (time.perf_counter() - begun)


def timed(work: Callable[[], object], device: str) -> float:
    """Seconds that work takes, until the device has done it."""
    begun = time.perf_counter()
    work()
    if device.startswith("cuda"):
        torch.cuda.synchronize()
    return time.perf_counter() - begun


def phases(trainer: Trainer, iterations: int, taken: float, device: str) -> dict[str, float]:
    """Share of the work by phase of the steps, all in one thread, and of what an iteration does beside them.

    An iteration of the training as it is took that many seconds.
    """
    spent: dict[str, float] = defaultdict(float)
    halves, trainer.players.lane = trainer.players.lane, Timed()

    def pace(stages: object) -> None:
        last = time.perf_counter()
        for reached in stages:  # type: ignore[attr-defined]
            if device.startswith("cuda"):
                torch.cuda.synchronize()
            now = time.perf_counter()
            spent[PHASES.get(reached.stage, reached.stage)] += now - last
            last = now

    begun = time.perf_counter()
    for _ in range(iterations):
        for _ in range(trainer.experiment.schedule.n_critic):
            pace(critic_stages(trainer.players))
        pace(generator_stages(trainer.players))
    steps = time.perf_counter() - begun
    spent["penalty"] = trainer.players.lane.seconds
    spent["backward"] -= spent["penalty"]
    if isinstance(halves, Inline):
        spent["probes and events"] = max(0.0, iterations * taken - steps)
    trainer.players.lane = halves
    total = sum(spent.values())
    return {name: value / total for name, value in sorted(spent.items(), key=lambda item: -item[1])}


class Counter(TorchDispatchMode):
    """Counts the operations of matrix products; torch's own counter refuses a double backward."""

    def __init__(self) -> None:
        super().__init__()
        self.operations = 0.0

    def __torch_dispatch__(self, function: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        found = function(*args, **(kwargs or {}))
        count = flop_registry.get(function.overloadpacket)
        if count is not None:
            self.operations += count(*args, **(kwargs or {}), out_val=found)
        return found


def step_flops(trainer: Trainer) -> float:
    """Floating-point operations of the matrix products of one iteration, those of the other thread too."""
    halves, trainer.players.lane = trainer.players.lane, Inline()  # a counter hears its own thread
    with Counter() as counter:
        for _ in range(trainer.experiment.schedule.n_critic):
            for _stage in critic_stages(trainer.players):
                pass
        for _stage in generator_stages(trainer.players):
            pass
    trainer.players.lane = halves
    return counter.operations


def matmul_rate(device: str, threads: int) -> float:
    """Operations a second of a large float32 matrix product: the best of several."""
    torch.set_num_threads(threads)
    side = 1536
    a, b = (torch.rand(side, side, device=device) for _ in range(2))
    return max(2 * side**3 / timed(lambda: a @ b, device) for _ in range(12))
