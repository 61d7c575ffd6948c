"""What measuring costs beside training: ``python -m tests.bench.probes_cost [preset ...]``.

In CPU time of this process, which other programs on the machine disturb least. Iterations and measurements
take turns, so that both meet the same weather; the figures are medians over the turns.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from statistics import median
from typing import Any

import torch

from ganstudio.data.dataset import Dataset
from ganstudio.engine.events import Measured
from ganstudio.engine.measuring import measure
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.files import preset
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values
from ganstudio.probes import PROBES
from ganstudio.regularizers.gradient_clipping import gradient_norm
from ganstudio.session.files import pack

PRESETS = ("ring-wgan-gp", "ring-wgan", "digits-wgan-gp", "digits-dcgan", "mnist-dcgan", "mnist-wgan-gp")
TURNS = 12
NEVER = 1_000_000


def main(names: Iterable[str]) -> None:
    """Print a table: seconds of an iteration and the share of it that each measurement takes."""
    print("| preset | an iteration | measured every | all of it | " + " | ".join(PROBES) + " | figures and")
    for name in names:
        print(row(name), flush=True)


def row(name: str) -> str:
    """One preset's line."""
    experiment = preset(name).experiment
    every = experiment.probes.measure_every
    probes = {"probes.measure_every": NEVER, "probes.samples_every": NEVER, "saving.checkpoint_every": NEVER}
    quiet = with_values(experiment, probes)
    trainer = Trainer(quiet, device="cpu", threads=1, dataset=like_mnist(name, experiment))
    train(trainer, 30)
    turns = [turn(trainer) for _ in range(TURNS)]
    iteration = median(t["iteration"] for t in turns)
    shares = {k: median(t[k] for t in turns) / (every * iteration) for k in turns[0] if k != "iteration"}
    norm = median(spent(lambda: gradient_norm(trainer.players.generator)) for _ in range(50)) / iteration
    cells = [name, f"{1e3 * iteration:.2f} ms", str(every), f"{sum(shares.values()) + norm:.2%}"]
    cells += [f"{k} {share:.2%}" for k, share in shares.items()] + [f"generator's norm {norm:.2%}"]
    return f"| {' | '.join(cells)} |"


def turn(trainer: Trainer) -> dict[str, float]:
    """CPU seconds of an iteration and of each measurement."""
    found = {"iteration": spent(lambda: train(trainer, 5)) / 5}
    observer, step = trainer.observer, trainer.observer.last_critic
    assert step is not None
    events = iter(measure(trainer.players, step, trainer.iteration, trainer.dataset.modes))
    while True:
        begun = time.process_time()
        event = next(events, None)
        if event is None:
            break
        assert isinstance(event, Measured)
        pack(event.arrays)
        found[event.probe] = time.process_time() - begun
    found["figures"] = spent(lambda: list(observer._evaluated(step, trainer.iteration)))
    if observer._validation is not None:
        found["held out"] = spent(lambda: observer._validation.negative_losses(trainer.iteration))
    return found


def train(trainer: Trainer, iterations: int) -> None:
    """Train that long without looking."""
    until = trainer.iteration + iterations
    while trainer.iteration < until:
        for _ in trainer.advance():
            pass


def spent(work: Callable[[], Any]) -> float:
    """CPU seconds of this process."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def like_mnist(name: str, experiment: Experiment) -> Dataset | None:
    """Noise of MNIST's shape in the place of a download."""
    if not name.startswith("mnist"):
        return None
    shape = (2000, experiment.data.channels, experiment.data.size, experiment.data.size)
    random = torch.Generator().manual_seed(0)
    return Dataset("noise", torch.randint(256, shape, generator=random, dtype=torch.uint8).numpy())


if __name__ == "__main__":
    main(sys.argv[1:] or PRESETS)
