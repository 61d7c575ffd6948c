"""The studio's engine against the script that people write, in turns in one run.

Run by ``python -m tests.bench training [case ...]``. It prints for each case the ratio of the rates (above 1:
the studio is faster) with its spread, the share of the time by phase, and how much of the machine's
matrix-multiply throughput the studio uses, measured in the same run.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from ganstudio.engine.events import Event
from ganstudio.engine.step import critic_stages, generator_stages
from ganstudio.engine.trainer import Trainer
from tests.bench.cases import CASES, Case
from tests.bench.reference import Script

NEVER = 10**9
PHASES = {
    "draw_data": "data",
    "draw_latents": "latents",
    "generate": "generate",
    "score_real": "score",
    "score_fake": "score",
    "objective": "score",
    "penalty": "penalty",
    "backward": "backward",
    "update": "optimiser",
    "clip": "optimiser",
}


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)} (default: all)")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3.0, help="of either in each round")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="of both")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--set", metavar="PATH=VALUE", action="append", default=[], help="another setting")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Measure and print."""
    peak = matmul_rate(arguments.device, arguments.threads)
    print(
        f"{arguments.threads} threads on {arguments.device}; matrix multiplication {peak / 1e9:.1f} GFLOP/s"
    )
    for name in arguments.cases or CASES:
        measure(CASES[name], arguments, peak)


def measure(case: Case, arguments: argparse.Namespace, peak: float) -> None:
    """One case."""
    from ganstudio.experiment.parse import with_assignments

    experiment = with_assignments(case.experiment(), arguments.set)
    dataset = case.dataset()
    trainer = Trainer(experiment, device=arguments.device, threads=arguments.threads, dataset=dataset)
    script = Script(trainer, dataset)
    events = trainer.run(NEVER)
    studio_rate(trainer, events, 1.0, arguments.device)
    script.run(2)
    count = max(1, round(arguments.seconds * 2 / timed(lambda: script.run(2), arguments.device)))
    rates = []
    for _ in range(arguments.rounds):
        ours = studio_rate(trainer, events, arguments.seconds, arguments.device)
        rates.append((ours, count / timed(lambda: script.run(count), arguments.device)))
    ratios = [ours / theirs for ours, theirs in rates]
    ours, theirs = (statistics.median(column) for column in zip(*rates, strict=True))
    flops = step_flops(trainer)
    print(
        f"\n{case.title}: ratio {statistics.median(ratios):.2f} (from {min(ratios):.2f} to "
        f"{max(ratios):.2f}; goal {case.goal}), {ours:.2f} against {theirs:.2f} iterations/s; "
        f"{flops * ours / peak:.0%} of the rate of matrix multiplication"
    )
    shares = phases(trainer, max(3, round(ours)), 1 / ours, arguments.device)
    print("  " + ", ".join(f"{name} {share:.0%}" for name, share in shares.items()))


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
    """Share of the time by phase of the steps, and of what an iteration does beside them; it took so long."""
    spent: dict[str, float] = defaultdict(float)

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
    spent["probes and events"] = max(0.0, iterations * taken - steps)
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
    """Floating-point operations of the matrix products of one iteration."""
    with Counter() as counter:
        for _ in range(trainer.experiment.schedule.n_critic):
            for _stage in critic_stages(trainer.players):
                pass
        for _stage in generator_stages(trainer.players):
            pass
    return counter.operations


def matmul_rate(device: str, threads: int) -> float:
    """Operations a second of a large float32 matrix product: the best of several."""
    torch.set_num_threads(threads)
    side = 1536
    a, b = (torch.rand(side, side, device=device) for _ in range(2))
    return max(2 * side**3 / timed(lambda: a @ b, device) for _ in range(12))
