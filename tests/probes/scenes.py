"""Scenes in float64 whose measurements are known in closed form."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ganstudio.objectives.wasserstein import Wasserstein
from ganstudio.probes.scene import Scene


class Linear(nn.Module):
    """D(x) = w . x: its gradient is w everywhere."""

    def __init__(self, w: list[float]) -> None:
        super().__init__()
        self.layer = nn.Linear(len(w), 1, bias=False, dtype=torch.float64)
        with torch.no_grad():
            self.layer.weight.copy_(torch.tensor([w]))

    def forward(self, x: Tensor, labels: Tensor | None) -> Tensor:
        scores: Tensor = self.layer(x.flatten(1)).squeeze(1)
        return scores


class Quadratic(nn.Module):
    """D(x) = a ||x||^2 / 2: its gradient is a x."""

    def __init__(self, a: float) -> None:
        super().__init__()
        self.a = a

    def forward(self, x: Tensor, labels: Tensor | None) -> Tensor:
        return self.a * x.flatten(1).square().sum(1) / 2


class ByClass(nn.Module):
    """D(x, y) = (y + 1) sum(x): the gradient's norm is (y + 1) sqrt(dimensions)."""

    def forward(self, x: Tensor, labels: Tensor | None) -> Tensor:
        assert labels is not None
        return (labels + 1) * x.flatten(1).sum(1)


def scene(critic: nn.Module, real: Tensor, fake: Tensor, **values: Any) -> Scene:
    """What a probe sees of a critic and two batches."""
    stream = torch.Generator().manual_seed(0)
    known: dict[str, Any] = {
        "generator": nn.Identity(),
        "critic": critic.requires_grad_(requires_grad=False),
        "objective": Wasserstein,
        "real": real,
        "fake": fake,
        "labels": None,
        "draw_latents": lambda count: torch.randn(count, 2, generator=stream, dtype=torch.float64),
        "draw_real": lambda count: real[:count],
        "modes": None,
        "clip": None,
        "generator_loss": lambda samples, labels: -critic(samples, labels).mean(),
        "uniform_latents": False,
        "bounds": None,
        "random": stream,
    }
    return Scene(**(known | values))


def batches(count: int = 40, shape: tuple[int, ...] = (2,)) -> tuple[Tensor, Tensor]:
    """Two batches in float64."""
    stream = torch.Generator().manual_seed(1)
    real, fake = torch.randn(2, count, *shape, generator=stream, dtype=torch.float64)
    return real, fake
