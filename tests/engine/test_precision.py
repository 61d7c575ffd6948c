"""Mixed precision: bfloat16 inside the networks, float32 for weights, losses and the penalty."""

import numpy as np
import pytest
import torch
from engine.helpers import CLASSIC, DCGAN, run, trainer
from torch import Tensor, nn

from ganstudio.engine.step import critic_step, generator_step
from ganstudio.regularizers import LIPSCHITZ

MIXED = {"precision.kind": "bfloat16"}


def layers(network: nn.Module) -> list[nn.Module]:
    return [m for m in network.modules() if isinstance(m, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d))]


def dtypes_of(network: nn.Module, seen: list[torch.dtype]) -> None:
    def note(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        seen.append(output.dtype)

    for layer in layers(network):
        layer.register_forward_hook(note)


@pytest.mark.parametrize("kind", LIPSCHITZ.with_trait("penalty"))
@pytest.mark.parametrize("values", [{}, DCGAN])
def test_the_penalty_is_computed_in_float32(kind: str, values: dict[str, object]) -> None:
    players = trainer({**values, **MIXED, "lipschitz.kind": kind}).players
    seen: list[torch.dtype] = []
    dtypes_of(players.critic, seen)
    generated: list[torch.dtype] = []
    dtypes_of(players.generator, generated)
    step = critic_step(players)
    count = len(layers(players.critic))
    assert seen == [torch.bfloat16] * count + [torch.float32] * count  # the scores, then the penalty
    assert set(generated) == {torch.bfloat16}
    for tensor in (step.loss, step.penalty, step.norms, step.real, step.fake, step.wasserstein_estimate):
        assert tensor is not None
        assert tensor.dtype == torch.float32
    assert generator_step(players).dtype == torch.float32
    for network in (players.generator, players.critic):
        assert all(p.dtype == torch.float32 for p in network.parameters())


def test_full_precision_computes_in_float32_throughout() -> None:
    players = trainer().players
    seen: list[torch.dtype] = []
    dtypes_of(players.critic, seen)
    dtypes_of(players.generator, seen)
    critic_step(players)
    generator_step(players)
    assert set(seen) == {torch.float32}


@pytest.mark.parametrize("values", [{}, CLASSIC, {"techniques.feature_matching": True}])
def test_a_mixed_training_stays_near_the_full_one(values: dict[str, object]) -> None:
    mixed, full = trainer({**values, **MIXED}), trainer(values)
    run(mixed, 3)
    run(full, 3)
    for file in ("generator", "critic"):
        for name, array in mixed.snapshot().tensors[file].items():
            wanted = full.snapshot().tensors[file][name]
            # Adam's steps are at most a learning rate long: the two can part by twice that in each step.
            assert np.abs(array - wanted).max() <= 2 * 1e-4 * 6 + 0.05 * np.abs(wanted).max(), name
