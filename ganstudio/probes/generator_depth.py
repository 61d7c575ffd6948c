"""How strongly the generator is told to change, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from numpy.typing import NDArray

from ganstudio.probes.layers import layers_of
from ganstudio.probes.names import packed
from ganstudio.probes.scene import Scene


def measure(scene: Scene) -> Mapping[str, NDArray[Any]]:
    """Norm of the gradient of the generator's loss with respect to all weights of each layer.

    ``names`` packs L names, from the latents on; ``norms`` (L,) float32. It is the gradient that the last
    generator step took, so it costs nothing; nothing is seen (no arrays) before the first one.
    """
    norms = {}
    for name, layer in layers_of(scene.generator).items():
        gradients = [p.grad.flatten() for p in layer.parameters() if p.grad is not None]
        if gradients:
            norms[name] = torch.linalg.vector_norm(torch.cat(gradients))
    if not norms:
        return {}
    return {"names": packed(norms), "norms": torch.stack(list(norms.values())).float().cpu().numpy()}
