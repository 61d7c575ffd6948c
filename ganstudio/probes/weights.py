"""Histograms of the critic's weights, layer by layer, and how many are stuck at the clip bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganstudio.probes.layers import layers_of
from ganstudio.probes.names import packed
from ganstudio.probes.scene import Scene
from ganstudio.regularizers.weight_clipping import clippable

BINS = 60
AT_BOUND = 0.999  # of the bound: closer is stuck, up to rounding


def measure(scene: Scene) -> Mapping[str, NDArray[Any]]:
    """Weights and biases of each of L layers, normalisations left out.

    ``names`` packs L names; ``counts`` (L, B) int64 and ``edges`` (L, B + 1) float32, which end at the
    layer's greatest magnitude; ``stuck`` (L,) float32 is the share at the clip bounds, 0 to 1, NaN without
    clipping; ``clip`` (1,) float32 is the bound, NaN without.
    """
    layers = {
        name: torch.cat([weight.detach().flatten() for weight in clippable(layer)])
        for name, layer in layers_of(scene.critic).items()
    }
    clip = math.nan if scene.clip is None else scene.clip
    limits = torch.stack([weights.abs().max() for weights in layers.values()]).float().cpu().numpy()
    limits[limits == 0] = 1  # a layer of zeros has a histogram too
    stuck = torch.stack([_stuck(weights, clip) for weights in layers.values()])
    counts = [
        torch.histc(weights.float(), BINS, -limit, limit)
        for weights, limit in zip(layers.values(), limits.tolist(), strict=True)
    ]
    return {
        "names": packed(layers),
        "counts": torch.stack(counts).cpu().numpy().astype(np.int64),
        "edges": np.linspace(-limits, limits, BINS + 1, axis=1).astype(np.float32),
        "stuck": stuck.cpu().numpy(),
        "clip": np.array([clip], np.float32),
    }


def _stuck(weights: Tensor, clip: float) -> Tensor:
    share = (weights.abs() >= AT_BOUND * clip).float().mean()
    return torch.full_like(share, math.nan) if math.isnan(clip) else share
