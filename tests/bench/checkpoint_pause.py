"""How long a checkpoint holds training up, against a plain copy of the same bytes: 50 million parameters.

Run by ``python -m tests.bench.checkpoint_pause``; not part of the suite. It compares the copy of every tensor
of the state to fresh memory with the pause between two steps when a checkpoint is due (the recorder listens,
as in real training), and a step alone with the step that runs while the state is written.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from torch import Tensor

from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.files import preset
from ganstudio.experiment.parse import with_values
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session

NEVER = 10**6
SETTINGS = {
    "data.points": 200,
    "schedule.batch_size": 2,
    "schedule.n_critic": 1,
    "generator.depth": 7,
    "critic.depth": 7,
    "saving.checkpoint_every": NEVER,
    "probes.samples_every": NEVER,
    "probes.gradient_norms_every": NEVER,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The pause of a checkpoint against a plain copy.")
    parser.add_argument("--width", type=int, default=2048, help="units a layer; 2048: 50 million parameters")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--folder", type=Path, help="where to write (default: the system's temporary folder)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        measure(arguments.width, arguments.rounds, arguments.device, Path(folder) / "run")


def measure(width: int, rounds: int, device: str, path: Path) -> None:
    """Copies and pauses in turns, so that a busy machine is as unkind to the one as to the other."""
    sizes = {"generator.width": width, "critic.width": width}
    experiment = with_values(preset("ring-wgan-gp").experiment, SETTINGS | sizes)
    trainer = Trainer(experiment, device=device, threads=1)
    step(trainer)  # the optimisers have their moments now
    tensors = state_tensors(trainer)
    networks = trainer.players.generator, trainer.players.critic
    count = sum(p.numel() for network in networks for p in network.parameters())
    size = sum(t.numel() * t.element_size() for t in tensors)
    print(f"{count / 1e6:.1f} million parameters, {size / 2**20:.0f} MiB of state on {device}")
    times: dict[str, list[float]] = {name: [] for name in ("step", "copy", "pause", "step while written")}
    with Recorder(Session.create(path, experiment)) as recorder:
        for _ in range(rounds):
            times["step"].append(timed(lambda: step(trainer)))
            times["copy"].append(timed(lambda: [t.to("cpu", copy=True) for t in tensors]))
            times["pause"].append(timed(lambda: save(trainer, recorder)))
            for event in trainer.states.settle():
                recorder.handle(event)
            times["step while written"].append(timed(lambda: step(trainer)))
            recorder.settle()
    for name, taken in times.items():
        low, middle, high = (1e3 * f(taken) for f in (min, statistics.median, max))
        print(f"{name:<20} median {middle:6.0f} ms   least {low:6.0f}   most {high:6.0f}")
    print(f"pause / copy: {statistics.median(times['pause']) / statistics.median(times['copy']):.2f}")


def state_tensors(trainer: Trainer) -> list[Tensor]:
    """Every tensor of networks and optimisers."""
    players = trainer.players
    tensors = [*players.generator.state_dict().values(), *players.critic.state_dict().values()]
    for optimizer in (players.generator_optimizer, players.critic_optimizer):
        moments = [value for state in optimizer.state.values() for value in state.values()]
        tensors += [value for value in moments if isinstance(value, Tensor)]
    return [tensor.detach() for tensor in tensors]


def step(trainer: Trainer) -> None:
    """One iteration: a critic's and a generator's step."""
    list(trainer.advance())
    list(trainer.advance())


def save(trainer: Trainer, recorder: Recorder) -> None:
    """What lies between two steps when a checkpoint is due."""
    for event in trainer.states.offer():
        recorder.handle(event)


def timed(action: Callable[[], object]) -> float:
    """Seconds that it takes."""
    begun = time.perf_counter()
    result = action()
    taken = time.perf_counter() - begun
    del result  # to give the memory back is not part of it
    return taken


if __name__ == "__main__":
    main()
