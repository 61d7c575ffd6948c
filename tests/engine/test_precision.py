"""Mixed precision: bfloat16 inside the networks, float32 for weights, losses and the penalty."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from engine.helpers import CLASSIC, DCGAN, only, run, tiny, trainer
from torch import Tensor, nn

from ganstudio.engine.devices import has_fast_bfloat16, resolve
from ganstudio.engine.events import Finished
from ganstudio.engine.step import critic_step, generator_step
from ganstudio.engine.trainer import Trainer
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
    assert generator_step(players).loss.dtype == torch.float32
    for network in (players.generator, players.critic):
        assert all(p.dtype == torch.float32 for p in network.parameters())


def test_full_precision_computes_in_float32_throughout() -> None:
    players = trainer(
        {"critic.norm": "layer", "generator.norm": "layer"}
    ).players  # no closed form hides them
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


IMAGES = {
    "data.source": "digits",
    "data.limit": 64,
    "data.size": 16,
    "generator.width": 4,
    "critic.width": 4,
    "latent.dimension": 8,
    "schedule.batch_size": 8,
    "probes.sample_count": 4,
}
SPECTRAL = {"generator.spectral_norm": True, "critic.spectral_norm": True, "lipschitz.kind": "none"}


@pytest.mark.parametrize(
    "values",
    [
        {"generator.norm": "virtual-batch"},
        {**CLASSIC, "critic.minibatch_discrimination": True, "critic.minibatch_deviation": True},
        {**IMAGES, "generator.kind": "resnet", "critic.kind": "resnet"},
        {**IMAGES, **SPECTRAL, "generator.kind": "dcgan", "critic.kind": "dcgan", "critic.attention": 8},
        {
            **IMAGES,
            **SPECTRAL,
            "generator.kind": "biggan",
            "critic.kind": "biggan",
            "conditioning.kind": "class",
        },
    ],
)
def test_every_network_trains_in_mixed_precision(values: dict[str, object]) -> None:
    t = trainer({**values, **MIXED})
    assert only(run(t, 2), Finished)[0].reason == "finished"
    for file in ("generator", "critic"):
        for name, array in t.snapshot().tensors[file].items():
            assert array.dtype in (np.float32, np.int64), name


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("kind", LIPSCHITZ.with_trait("penalty"))
def test_the_penalty_is_computed_in_float32_on_cuda(kind: str) -> None:
    players = Trainer(tiny(**DCGAN, **MIXED, **{"lipschitz.kind": kind}), device="cuda").players
    seen: list[torch.dtype] = []
    dtypes_of(players.critic, seen)
    step = critic_step(players)
    count = len(layers(players.critic))
    assert seen == [torch.bfloat16] * count + [torch.float32] * count
    assert step.penalty is not None
    assert step.penalty.dtype == torch.float32
    assert torch.isfinite(generator_step(players).loss)


@pytest.mark.parametrize("fast", [True, False])
def test_automatic_is_one_of_the_two_by_what_the_machine_has(
    fast: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ganstudio.engine.players.has_fast_bfloat16", lambda _device: fast)
    found = []
    for kind in ("automatic", "bfloat16" if fast else "float32"):
        trained = trainer({**DCGAN, "precision.kind": kind}).players
        critic_step(trained)
        generator_step(trained)
        found.append([*trained.critic.parameters(), *trained.generator.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*found, strict=True))


def test_fast_bfloat16_is_what_the_processor_says() -> None:
    try:
        flags = set(re.findall(r"\w+", Path("/proc/cpuinfo").read_text()))
    except FileNotFoundError:
        pytest.skip("needs /proc/cpuinfo")
    assert has_fast_bfloat16(torch.device("cpu")) == bool({"avx512_bf16", "amx_tile"} & flags)


def test_float32_is_no_tf32_on_any_cuda_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)  # as PyTorch has it
    resolve("cpu")
    assert not torch.backends.cudnn.allow_tf32
    assert not torch.backends.cuda.matmul.allow_tf32
