"""What the training benchmarks train: the settings, and made-up data of the right shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ganstudio.data.dataset import Dataset
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values

COUNT = 2000  # images; each is met several times, as in a real training


@dataclass(frozen=True)
class Case:
    """One training; ``goal`` is the ratio to the reference that we want on two CPU cores."""

    title: str
    goal: float
    settings: dict[str, Any]
    shape: tuple[int, ...]

    def experiment(self) -> Experiment:
        """The experiment, with probes and saving as in the presets."""
        return with_values(Experiment(), self.settings)

    def dataset(self) -> Dataset:
        """Smooth random images, or points on a ring."""
        random = np.random.default_rng(0)
        if len(self.shape) == 1:
            angle = random.uniform(0, 2 * np.pi, 50_000)
            points = np.stack([np.cos(angle), np.sin(angle)], 1) + random.normal(0, 0.05, (50_000, 2))
            return Dataset("points", points.astype(np.float32))
        coarse = random.integers(0, 256, (COUNT, self.shape[0], 4, 4))
        rows = np.arange(self.shape[1]) * 4 // self.shape[1]
        return Dataset("images", coarse[:, :, rows][:, :, :, rows].astype(np.uint8))


_WGAN_GP = {
    "objective.kind": "wasserstein",
    "lipschitz.kind": "gradient-penalty",
    "lipschitz.weight": 10.0,
    "schedule.n_critic": 5,
}
_IMAGES = {"data.source": "folder", "data.path": "made up", "schedule.batch_size": 64}

CASES = {
    "toy": Case(
        "2-D toy, MLP, WGAN-GP",
        2.0,
        {
            **_WGAN_GP, "data.source": "ring", "schedule.batch_size": 256,
            "generator.kind": "mlp", "critic.kind": "mlp",
        },
        (2,),
    ),
    "mlp": Case(
        "MLP 28x28, WGAN-GP",
        2.0,
        {
            **_WGAN_GP, **_IMAGES, "data.size": 28, "data.channels": 1,
            "generator.kind": "mlp", "generator.width": 256, "critic.kind": "mlp", "critic.width": 256,
        },
        (1, 28, 28),
    ),
    "dcgan-32": Case(
        "DCGAN-32, WGAN-GP",
        1.5,
        {
            **_WGAN_GP, **_IMAGES, "data.size": 32, "data.channels": 3,
            "generator.kind": "dcgan", "generator.width": 64, "critic.kind": "dcgan", "critic.width": 64,
        },
        (3, 32, 32),
    ),
    "dcgan-64": Case(
        "DCGAN-64, non-saturating",
        1.3,
        {
            **_IMAGES, "data.size": 64, "data.channels": 3, "objective.kind": "non-saturating",
            "lipschitz.kind": "none", "schedule.n_critic": 1, "critic.norm": "batch",
            "generator.kind": "dcgan", "generator.width": 64, "critic.kind": "dcgan", "critic.width": 64,
        },
        (3, 64, 64),
    ),
    "resnet-32": Case(
        "ResNet-32, WGAN-GP",
        1.3,
        {
            **_WGAN_GP, **_IMAGES, "data.size": 32, "data.channels": 3,
            "generator.kind": "resnet", "generator.width": 64, "critic.kind": "resnet", "critic.width": 64,
        },
        (3, 32, 32),
    ),
}  # fmt: skip
