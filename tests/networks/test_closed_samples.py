"""The closed form of a plain MLP generator is the library's own way, to the last bit."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from ganstudio.engine.build import build_generator
from ganstudio.networks import closed_samples as module
from ganstudio.networks.closed_samples import closed_samples
from tests.engine.helpers import CONDITIONAL, assert_same_state, run, state, tiny, trainer

PLAIN: list[dict[str, Any]] = [
    {},
    {"generator.norm": "none"},
    {"generator.activation": "leaky-relu", "latent.dimension": 20},
    {"generator.depth": 1},
    CONDITIONAL,
    {"data.source": "digits", "data.limit": 64, "probes.sample_count": 4},
]
OTHERS: list[dict[str, Any]] = [
    {"generator.norm": "layer"},
    {"generator.norm": "virtual-batch"},
    {"generator.activation": "tanh"},
    {"generator.spectral_norm": True},
]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many latents each form is asked with from here on."""
    seen: list[int] = []
    original = module.ClosedSamples.__call__

    def noted(self: Any, z: Tensor) -> Tensor:
        seen.append(len(z))
        return original(self, z)

    monkeypatch.setattr(module.ClosedSamples, "__call__", noted)
    return seen


def _layers(depth: int, slope: float, width: int, normed: bool) -> tuple[nn.Sequential, nn.Linear]:
    torch.manual_seed(depth)
    layers: list[nn.Module] = []
    for i in range(depth):
        layers.append(nn.Linear(width if i else 3, width))
        layers += [nn.BatchNorm1d(width, momentum=0.3)] if normed else []
        layers.append(nn.LeakyReLU(slope) if slope else nn.ReLU())
    return nn.Sequential(*layers).double(), nn.Linear(width, 2).double()


@given(
    depth=st.integers(1, 3),
    slope=st.sampled_from([0.0, 0.2]),
    width=st.integers(1, 20),
    normed=st.booleans(),
    count=st.integers(2, 9),
)
def test_samples_gradients_and_running_averages_are_those_of_the_layers(
    depth: int,
    slope: float,
    width: int,
    normed: bool,
    count: int,
) -> None:
    hidden, output = _layers(depth, slope, width, normed)
    plain_hidden, plain_output = deepcopy((hidden, output))
    form = closed_samples(hidden, output)
    assert form is not None
    random = torch.Generator().manual_seed(count)
    z, pull = (torch.randn(count, n, generator=random, dtype=torch.float64) for n in (3, 2))
    found = []
    for samples_of, networks in (
        (form, (hidden, output)),
        (lambda x: plain_output(plain_hidden(x)), (plain_hidden, plain_output)),
    ):
        x = z.clone().requires_grad_()
        samples = samples_of(x)
        weights = [weight for network in networks for weight in network.parameters()]
        gradients = torch.autograd.grad((samples * pull).sum(), [x, *weights])
        buffers = [buffer for network in networks for buffer in network.buffers()]
        found.append([samples.detach(), *gradients, *buffers])
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("values", PLAIN)
def test_training_is_the_same_to_the_last_bit(
    values: dict[str, Any], asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = trainer(values), trainer(values)
    run(ours, 4)
    assert asked == [16] * 12  # in each of an iteration's three steps
    monkeypatch.setattr(module, "enabled", False)
    run(theirs, 4)
    assert len(asked) == 12
    assert_same_state(state(ours), state(theirs))


@pytest.mark.parametrize("values", [*OTHERS, {"precision.kind": "bfloat16"}])
def test_generators_with_more_in_them_are_asked_as_they_are(values: dict[str, Any], asked: list[int]) -> None:
    run(trainer(values), 1)
    assert not asked


def test_a_copy_has_a_form_of_its_own_layers() -> None:
    generator = build_generator(tiny(), (2,)).train()
    copy = deepcopy(generator).double()
    z = torch.randn(5, 2)
    before = copy(z.double())
    with torch.no_grad():
        for weight in generator.parameters():
            weight.zero_()
    assert not generator(z).any()
    assert torch.equal(copy(z.double()), before)
    assert copy.hidden[1].num_batches_tracked == 2  # type: ignore[index,union-attr]


def test_samples_to_look_at_leave_the_running_averages_alone(asked: list[int]) -> None:
    generator = build_generator(tiny(), (2,)).eval()
    before = [buffer.clone() for buffer in generator.buffers()]
    generator(torch.randn(5, 2))
    assert not asked
    assert all(torch.equal(one, other) for one, other in zip(generator.buffers(), before, strict=True))


def test_a_batch_of_one_cannot_be_normalised() -> None:
    generator = build_generator(tiny(), (2,)).train()
    with pytest.raises(ValueError, match="more than 1 value"):
        generator(torch.randn(1, 2))


@pytest.mark.parametrize("values", [{}, {"generator.norm": "none"}, PLAIN[-1]])
def test_samples_that_get_their_graph_later_are_the_same(values: dict[str, Any]) -> None:
    experiment = tiny(**values)
    shape = (1, 8, 8) if "data.source" in values else (2,)
    ours: Any = build_generator(experiment, shape)
    theirs = deepcopy(ours)
    z = torch.randn(6, experiment.latent.dimension)
    samples, with_graph, give_back = ours.bare(z)
    assert not samples.requires_grad
    joined, expected = with_graph(), theirs(z)
    assert torch.equal(samples, expected)
    assert torch.equal(joined, expected)
    pull = torch.randn_like(expected)
    right = torch.autograd.grad((expected * pull).sum(), list(theirs.parameters()))
    for one, other in zip(
        torch.autograd.grad((joined * pull).sum(), list(ours.parameters())), right, strict=True
    ):
        assert torch.equal(one, other)
    give_back(pull)
    for weight, other in zip(ours.parameters(), right, strict=True):
        assert torch.equal(weight.grad, other)
    for one, other in zip(ours.buffers(), theirs.buffers(), strict=True):  # moved once, not twice
        assert torch.equal(one, other)


@pytest.mark.parametrize("values", OTHERS)
def test_other_generators_have_no_samples_without_graph(values: dict[str, Any]) -> None:
    generator: Any = build_generator(tiny(**values), (2,))
    assert generator.bare(torch.randn(6, tiny().latent.dimension)) is None


def test_generators_in_evaluation_or_with_classes_have_no_samples_without_graph() -> None:
    generator: Any = build_generator(tiny(), (2,))
    z = torch.randn(6, tiny().latent.dimension)
    assert generator.bare(z) is not None
    assert generator.eval().bare(z) is None
    conditional: Any = build_generator(tiny(**CONDITIONAL), (2,), 3)
    assert conditional.bare(z) is None


def test_a_generator_that_was_moved_computes_with_its_weights_of_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch, "is_autocast_enabled", lambda _device: False)  # it knows no meta
    moved: Any = build_generator(tiny(), (2,)).to("meta")
    samples, with_graph, give_back = moved.bare(torch.randn(6, tiny().latent.dimension, device="meta"))
    assert samples.device.type == "meta"
    for back in (lambda: with_graph().sum().backward(), lambda: give_back(torch.ones_like(samples))):
        moved.zero_grad()
        back()
        assert all(weight.grad.device.type == "meta" for weight in moved.parameters())
