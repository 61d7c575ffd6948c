"""Where between generated and real samples the critic is steep: its gradient norm along the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import repeat
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganstudio.probes.scene import Labels, Scene
from ganstudio.regularizers.interpolates import gradient_norms, interpolate

STATIONS = 21
PAIRS = 16
PART = 64  # points at once, no more than a batch of training, so that memory suffices


def measure(scene: Scene) -> Mapping[str, NDArray[Any]]:
    """||grad D(x^)||_2 at x^ = eps x + (1 - eps) G(z) for the same eps of every pair.

    Each (E,) float32: ``eps`` from 0 (generated) to 1 (real), ``mean`` of the norms over up to 16 pairs of
    the batch, and their quantiles of 10 and 90 %, ``low`` and ``high``.
    """
    real, fake = scene.real[:PAIRS], scene.fake[:PAIRS]
    eps = torch.linspace(0, 1, STATIONS, dtype=real.dtype, device=real.device)
    points = interpolate(real, fake, eps.view(-1, *[1] * real.dim()))  # (E, pairs, ...)
    labels = None if scene.labels is None else scene.labels[: len(real)].repeat(STATIONS)
    norms = torch.cat([_norms(scene, *part) for part in _parts(points.flatten(0, 1), labels)])
    by_station = norms.view(STATIONS, -1).cpu().numpy()
    low, high = np.quantile(by_station, (0.1, 0.9), axis=1)
    profile = {"eps": np.linspace(0, 1, STATIONS), "mean": by_station.mean(1), "low": low, "high": high}
    return {name: values.astype(np.float32) for name, values in profile.items()}


def _parts(points: Tensor, labels: Labels) -> Iterator[tuple[Tensor, Labels]]:
    kinds = repeat(None) if labels is None else iter(torch.split(labels, PART))
    return zip(torch.split(points, PART), kinds, strict=False)


def _norms(scene: Scene, points: Tensor, labels: Labels) -> Tensor:
    return gradient_norms(lambda x: scene.scores(x, labels), points, create_graph=False)
