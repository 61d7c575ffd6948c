"""The script that people write: a DataLoader with Pillow transforms, eager networks, two Adams, ``item()``.

It trains the same networks on the same data by the same algorithm, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from ganstudio import vision
from ganstudio.data.dataset import Dataset
from ganstudio.engine.build import build_critic, build_generator, draw_latents
from ganstudio.experiment.model import Experiment
from ganstudio.objectives import OBJECTIVES


class Pictures(TorchDataset[Tensor]):
    """Images that are made anew by Pillow and transforms each time they are asked for."""

    def __init__(self, dataset: Dataset) -> None:
        transforms = vision.module("transforms")
        channels, side, _ = dataset.sample_shape
        half = [0.5] * channels
        self._images = np.ascontiguousarray(dataset.array.transpose(0, 2, 3, 1))
        self._transform = transforms.Compose(
            [transforms.Resize(side), transforms.ToTensor(), transforms.Normalize(half, half)]
        )

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, index: int) -> Tensor:
        image = self._images[index]
        made: Tensor = self._transform(Image.fromarray(image[..., 0] if image.shape[2] == 1 else image))
        return made


class Points(TorchDataset[Tensor]):
    """2-D points."""

    def __init__(self, dataset: Dataset) -> None:
        self._points = torch.from_numpy(dataset.array)

    def __len__(self) -> int:
        return len(self._points)

    def __getitem__(self, index: int) -> Tensor:
        return self._points[index]


class Script:
    """The reference training of one case; its networks begin as the studio's do."""

    def __init__(self, experiment: Experiment, dataset: Dataset, device: str) -> None:
        self.experiment, self.device = experiment, torch.device(device)
        plain = {"device": self.device, "memory_format": torch.contiguous_format}
        self.generator = build_generator(experiment, dataset.sample_shape).to(**plain)
        self.critic = build_critic(experiment, dataset.sample_shape).to(**plain)
        self.objective = OBJECTIVES[experiment.objective.kind].load()
        self.optimizers = [
            torch.optim.Adam(
                network.parameters(), lr=settings.learning_rate, betas=(settings.beta1, settings.beta2)
            )
            for network, settings in (
                (self.generator, experiment.generator_optimizer),
                (self.critic, experiment.critic_optimizer),
            )
        ]
        data: Any = Pictures(dataset) if dataset.is_images else Points(dataset)
        self.loader = DataLoader(data, experiment.schedule.batch_size, shuffle=True, drop_last=True)
        self._batches = self._forever()
        self._random = torch.Generator(self.device).manual_seed(0)
        self.losses: list[tuple[float, float]] = []

    def run(self, iterations: int) -> None:
        """Train for that many generator updates."""
        for_generator, for_critic = self.optimizers
        penalised = self.experiment.lipschitz.kind == "gradient-penalty"
        for _ in range(iterations):
            for _ in range(self.experiment.schedule.n_critic):
                real = next(self._batches)
                fake = self.generator(self._latents()).detach()
                for_critic.zero_grad()
                loss = self.objective.critic_loss(real=self.critic(real), fake=self.critic(fake))
                if penalised:
                    loss = loss + self.experiment.lipschitz.weight * penalty(self.critic, real, fake)
                loss.backward()
                for_critic.step()
            for_generator.zero_grad()
            cost = self.objective.generator_loss(fake=self.critic(self.generator(self._latents())))
            cost.backward()
            for_generator.step()
            self.losses.append((loss.item(), cost.item()))

    def _latents(self) -> Tensor:
        return draw_latents(self.experiment, self.experiment.schedule.batch_size, self._random, self.device)

    def _forever(self) -> Iterator[Tensor]:
        while True:
            for batch in self.loader:
                yield batch.to(self.device)


def penalty(critic: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    """E[(||grad D(x^)|| - 1)^2] by double backward."""
    eps = torch.rand(len(real), *[1] * (real.dim() - 1), device=real.device)
    between = (eps * real + (1 - eps) * fake).requires_grad_(True)
    scores = critic(between)
    gradient = torch.autograd.grad(
        scores, between, torch.ones_like(scores), create_graph=True, retain_graph=True
    )[0]
    return ((gradient.flatten(1).norm(2, dim=1) - 1) ** 2).mean()
