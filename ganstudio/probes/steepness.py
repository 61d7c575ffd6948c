"""Where between generated and real samples the critic is steep: its gradient norm along the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ganstudio.probes.scene import Scene
from ganstudio.regularizers.interpolates import gradient_norms, interpolate

STATIONS = 21
PAIRS = 32


def measure(scene: Scene) -> Mapping[str, NDArray[Any]]:
    """||grad D(x^)||_2 at x^ = eps x + (1 - eps) G(z) for the same eps of every pair.

    Each (E,) float32: ``eps`` from 0 (generated) to 1 (real), ``mean`` of the norms over up to 32 pairs of
    the batch, and their quantiles of 10 and 90 %, ``low`` and ``high``.
    """
    real, fake = scene.real[:PAIRS], scene.fake[:PAIRS]
    labels = None if scene.labels is None else scene.labels[:PAIRS]
    rows = []
    for eps in torch.linspace(0, 1, STATIONS, dtype=real.dtype, device=real.device):
        points = interpolate(real, fake, eps)
        rows.append(gradient_norms(lambda x: scene.scores(x, labels), points, create_graph=False))
    norms = torch.stack(rows).cpu().numpy()  # (E, pairs)
    low, high = np.quantile(norms, (0.1, 0.9), axis=1)
    profile = {"eps": np.linspace(0, 1, STATIONS), "mean": norms.mean(1), "low": low, "high": high}
    return {name: values.astype(np.float32) for name, values in profile.items()}
