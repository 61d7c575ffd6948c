"""Whether a training is faster with two threads in every operation, with one, or with one in each half.

Run by ``python -m tests.bench sharing [case[,path=value ...] ...]``. The limits in ``engine/sharing.py`` come
from here: one column should be the least wherever that module chooses it.
"""

from __future__ import annotations

import argparse
import statistics
import time

import torch

from ganstudio.allocator import keep_freed_memory
from ganstudio.engine.lanes import Beside, Inline, Lane
from ganstudio.engine.sharing import may_halve, multiplications
from ganstudio.engine.step import critic_step, generator_step
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.parse import with_assignments
from tests.bench.cases import CASES

DEFAULT = ["toy", "mlp", "mlp,generator.width=512,critic.width=512"] + [
    f"{name},generator.width={width},critic.width={width}"
    for name in ("dcgan-32", "dcgan-64")
    for width in (8, 16, 32, 64)
]
SECONDS = 0.7


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("cases", nargs="*", metavar="CASE", default=DEFAULT, help=f"of {', '.join(CASES)}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Measure and print, in milliseconds of an iteration."""
    keep_freed_memory()
    print(f"{'case':<46} {'million':>8} {'one':>8} {'two':>8} {'halves':>8}   (ms; million: multiplications)")
    for case in arguments.cases:
        measure(case, arguments.rounds)


def measure(described: str, rounds: int) -> None:
    """One case, the three ways in turns."""
    name, *settings = described.split(",")
    case = CASES[name]
    trainer = Trainer(
        with_assignments(case.experiment(), settings), device="cpu", threads=2, dataset=case.dataset()
    )
    ways: list[tuple[Lane, int]] = [(Inline(), 1), (Inline(), 2)]
    if may_halve(trainer.players):
        ways.append((Beside(), 1))
    taken: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds + 1):
        for times, (lane, threads) in zip(taken, ways, strict=True):
            trainer.players.lane = lane
            torch.set_num_threads(threads)
            times.append(iteration_seconds(trainer))
    shape, device = trainer.dataset.sample_shape, trainer.device
    count = trainer.players.share * multiplications(trainer.players.critic, shape, device)
    medians = [1e3 * statistics.median(times[1:]) for times in taken]
    print(f"{described:<46} {count / 1e6:8.0f} " + " ".join(f"{time_:8.1f}" for time_ in medians), flush=True)


def iteration_seconds(trainer: Trainer) -> float:
    """Seconds of an iteration, without events."""
    done, begun = 0, time.perf_counter()
    while not done or time.perf_counter() - begun < SECONDS:
        for _ in range(trainer.experiment.schedule.n_critic):
            critic_step(trainer.players)
        generator_step(trainer.players)
        done += 1
    return (time.perf_counter() - begun) / done
