"""Critics trained alone, by the studio's own critic step, against a generator that stays as it is."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganstudio.data.dataset import Dataset
from ganstudio.engine.seeds import stream
from ganstudio.engine.step import critic_step
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values

FINE_SHARE = 1 / 3  # of the steps, the last ones, with a tenth of the learning rate


class NoisyData(nn.Module):
    """A generator that is the data plus its latents: P_g is P_r convolved with the latents' distribution.

    With z ~ N(0, I) it is "the real data plus unit-variance Gaussian noise" of Gulrajani et al. 2017, section
    3.1.
    """

    def __init__(self, points: Tensor, seed: int) -> None:
        super().__init__()
        self._points = points
        self._choice = stream(seed, "noisy data")

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:  # noqa: ARG002 - as all generators
        """Latents (N, 2) to samples (N, 2) around points drawn with replacement."""
        index = torch.randint(len(self._points), (len(z),), generator=self._choice)
        return self._points[index] + z


def critic_trainer(
    experiment: Experiment, dataset: Dataset, generator: nn.Module, threads: int | None
) -> Trainer:
    """The studio's trainer on the CPU with ``generator`` in the place of the one that it built."""
    trainer = Trainer(experiment, device="cpu", threads=threads, dataset=dataset)
    trainer.players.generator = generator
    return trainer


def train_critic(trainer: Trainer, steps: int) -> None:
    """Take that many critic steps; the last third fine-tunes with a tenth of the learning rate."""
    fine_from = steps - round(FINE_SHARE * steps)
    for done in range(steps):
        if done == fine_from:
            path = "critic_optimizer.learning_rate"
            rate = trainer.experiment.critic_optimizer.learning_rate
            trainer.adopt(with_values(trainer.experiment, {path: rate / 10}))
        critic_step(trainer.players)
