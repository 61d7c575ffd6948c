"""The critic's gradient through its depth: level, vanishing or exploding.

Gulrajani et al. 2017, section 3.2, figure 1b.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from ganstudio.backward import inputs_alone
from ganstudio.probes.layers import layers_of
from ganstudio.probes.names import packed
from ganstudio.probes.scene import Scene

SAMPLES = 32  # of each batch


def measure(scene: Scene) -> Mapping[str, NDArray[Any]]:
    """Mean over samples of ||dD(x) / dh||_2 for the output h of each layer, from the data on.

    ``names`` packs L names, the first "input"; ``norms`` (L,) float32. Half of the samples are real, half
    are generated. The last layer's output is the score itself, with norm 1. Where minibatch layers let a
    score depend on other samples, it is the gradient of the sum of the batch's scores.
    """
    x = torch.cat((scene.real[:SAMPLES], scene.fake[:SAMPLES])).detach().requires_grad_()
    labels = scene.labels
    labels = None if labels is None else torch.cat((labels[:SAMPLES], labels[:SAMPLES]))
    seen: dict[str, Tensor] = {"input": x}
    with ExitStack() as hooks:
        for name, layer in layers_of(scene.critic, additions=False).items():

            def see(_module: object, _inputs: object, output: Tensor, name: str = name) -> None:
                seen[name] = output

            hooks.callback(layer.register_forward_hook(see).remove)
        scores = scene.scores(x, labels)
    with inputs_alone():
        gradients = torch.autograd.grad(scores.sum(), list(seen.values()))
    norms = torch.stack([torch.linalg.vector_norm(g.flatten(1), dim=1).mean() for g in gradients])
    return {"names": packed(seen), "norms": norms.float().cpu().numpy()}
