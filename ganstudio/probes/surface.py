"""The critic over the plane, for 2-D data: its values, its gradients, and where it sends the samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganstudio.probes.scene import Scene

SIDE = 48  # of the grid of values and gradients
POINTS = 256  # real and generated points at most
LINES = 17  # of the latent grid, in each direction
TAIL = 0.02  # of the latents' distribution beyond the outermost lines


def measure(scene: Scene) -> Mapping[str, NDArray[Any]]:
    """The arrays below; float16 where the screen shows no more.

    ``bounds`` (4,): left, right, bottom, top, always the same. ``values`` (SIDE, SIDE), rows by y: D at grid
    points from edge to edge, less their mean ``level`` (). ``field`` (SIDE, SIDE, 2): grad D there.
    ``real`` (R, 2), ``fake`` (F, 2): points, the latter generated now. ``arrows`` (F, 2): minus the gradient
    of N times the generator's loss by each generated point, which is where gradient descent moves it.
    ``latent`` (a, b, 2): the generator's image of a grid of latents, equally likely lines of the first two
    coordinates with all others 0. ``estimate`` (): E[D(x)] - E[D(G(z))] over the points. ``slope`` (): the
    largest ||grad D|| at the grid's and all other points. ``label`` () where there are classes: everything is
    of this one.
    """
    assert scene.bounds is not None, "2-D data have bounds"  # noqa: S101
    label = 0 if scene.labels is not None else None
    values, field = _critic(scene, _grid(scene.bounds, scene.real.device), label)
    real = scene.real if scene.labels is None else scene.real[scene.labels == label]
    real = real[:POINTS]
    fake = _generated(scene, scene.draw_latents(POINTS).to(scene.real.device), label)
    real_scores, real_slopes = _critic(scene, real, label)
    fake_scores, fake_slopes = _critic(scene, fake, label)
    slope = torch.cat([field, real_slopes, fake_slopes]).norm(dim=1).max()
    level = values.mean()
    found = {
        "bounds": torch.tensor(scene.bounds),
        "values": _half((values - level).reshape(SIDE, SIDE)),
        "level": level,
        "field": _half(field.reshape(SIDE, SIDE, 2)),
        "real": _half(real),
        "fake": _half(fake),
        "arrows": _half(_arrows(scene, fake, label)),
        "latent": _half(_latent_image(scene, label)),
        "estimate": real_scores.mean() - fake_scores.mean(),
        "slope": slope,
    }
    if label is not None:
        found["label"] = torch.tensor(label)
    return {name: np.asarray(tensor.detach().cpu()) for name, tensor in found.items()}


def _half(values: Tensor) -> Tensor:
    limit = torch.finfo(torch.float16).max
    return values.clamp(-limit, limit).half()


def _grid(bounds: tuple[float, float, float, float], device: torch.device) -> Tensor:
    left, right, bottom, top = bounds
    x, y = torch.linspace(left, right, SIDE), torch.linspace(bottom, top, SIDE)
    rows, columns = torch.meshgrid(y, x, indexing="ij")
    return torch.stack([columns, rows], dim=-1).reshape(-1, 2).to(device)


def _labels(count: int, label: int | None, device: torch.device) -> Tensor | None:
    return None if label is None else torch.full((count,), label, device=device)


def _critic(scene: Scene, points: Tensor, label: int | None) -> tuple[Tensor, Tensor]:
    """Scores (N,) and gradients (N, 2); POINTS at a time, since some critics compare each with each."""
    parts = [_scored(scene, part, label) for part in torch.split(points, POINTS)]
    scores, gradients = zip(*parts, strict=True)
    return torch.cat(scores), torch.cat(gradients)


def _scored(scene: Scene, points: Tensor, label: int | None) -> tuple[Tensor, Tensor]:
    points = points.detach().requires_grad_()
    scores = scene.scores(points, _labels(len(points), label, points.device))
    (gradients,) = torch.autograd.grad(scores.sum(), points)
    return scores.detach().float(), gradients.float()


def _generated(scene: Scene, latents: Tensor, label: int | None) -> Tensor:
    with torch.no_grad():
        points: Tensor = scene.generator(latents, _labels(len(latents), label, latents.device))
    return points.float()


def _arrows(scene: Scene, fake: Tensor, label: int | None) -> Tensor:
    points = fake.detach().requires_grad_()
    loss = scene.generator_loss(points, _labels(len(points), label, points.device))
    (gradients,) = torch.autograd.grad(loss, points)
    return -len(points) * gradients.float()


def _latent_image(scene: Scene, label: int | None) -> Tensor:
    levels = torch.linspace(TAIL, 1 - TAIL, LINES)
    at = 2 * levels - 1 if scene.uniform_latents else torch.special.ndtri(levels)
    dimension = scene.draw_latents(1).shape[1]
    rows = LINES if dimension > 1 else 1
    latents = torch.zeros(rows, LINES, dimension)
    latents[..., 0] = at
    if dimension > 1:
        latents[..., 1] = at[:, None]
    drawn = _generated(scene, latents.reshape(-1, dimension).to(scene.real.device), label)
    return drawn.reshape(rows, LINES, 2)
