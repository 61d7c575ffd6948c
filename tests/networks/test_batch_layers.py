import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from networks.requests import Request

from ganstudio.networks import NETWORKS
from ganstudio.networks.batch_layers import MinibatchDeviation, MinibatchDiscrimination


@given(count=st.integers(1, 5), kernels=st.integers(1, 4), dimensions=st.integers(1, 3))
@settings(max_examples=30, deadline=None)
def test_discrimination_is_its_formula_pair_by_pair(count: int, kernels: int, dimensions: int) -> None:
    torch.manual_seed(0)
    layer = MinibatchDiscrimination(6, kernels, dimensions).double()
    features = torch.randn(count, 6, dtype=torch.float64)
    matrices = (features @ layer.tensor.weight.detach().T).view(count, kernels, dimensions)
    got = layer(features)
    assert got.shape == (count, kernels)
    for i in range(count):
        for b in range(kernels):
            expected = sum(
                math.exp(-float((matrices[i, b] - matrices[j, b]).abs().sum())) for j in range(count)
            )
            assert got[i, b].item() == pytest.approx(expected, rel=1e-12)


def test_samples_that_are_all_alike_are_as_close_as_can_be() -> None:
    # Rows of one product may differ in their last bits, so close to 7 and not 7.
    closeness = MinibatchDiscrimination(6, 3, 2).double()(torch.ones(7, 6, dtype=torch.float64))
    torch.testing.assert_close(closeness, torch.full((7, 3), 7.0, dtype=torch.float64), rtol=1e-12, atol=0)


@pytest.mark.parametrize("shape", [(5,), (2, 3, 4)])
def test_deviation_is_one_more_channel_of_the_mean_standard_deviation(shape: tuple[int, ...]) -> None:
    x = torch.randn(6, *shape, dtype=torch.float64)
    out = MinibatchDeviation()(x)
    assert out.shape == (6, shape[0] + 1, *shape[1:])
    assert torch.equal(out[:, :-1], x)
    deviations = (x - x.mean(0)).square().mean(0).sqrt()
    torch.testing.assert_close(out[:, -1], deviations.mean().expand_as(out[:, -1]), rtol=1e-7, atol=0)


def test_deviation_of_a_collapsed_batch_has_a_finite_slope() -> None:
    x = torch.ones(4, 3, requires_grad=True)
    MinibatchDeviation()(x).sum().backward()
    assert x.grad is not None
    assert torch.isfinite(x.grad).all()


@pytest.mark.parametrize("kind", list(NETWORKS))
@pytest.mark.parametrize("layer", ["minibatch_deviation", "minibatch_discrimination"])
def test_a_critic_with_them_sees_the_batch_and_one_without_does_not(kind: str, layer: str) -> None:
    torch.manual_seed(0)
    family, shape = NETWORKS[kind].load(), (1, 12, 12)
    x = torch.randn(4, *shape, dtype=torch.float64, requires_grad=True)
    for on in (True, False):
        critic = family.Critic(Request(**{layer: on}), shape).double()  # type: ignore[arg-type]
        (slope,) = torch.autograd.grad(critic(x)[0], x)
        assert slope[0].any()
        assert slope[1:].any().item() is on


def test_discrimination_adds_a_linear_layer_on_closeness() -> None:
    torch.manual_seed(0)
    critic = NETWORKS["mlp"].load().Critic(Request(minibatch_discrimination=True), (2,))
    x = torch.randn(5, 2)
    features = critic.features(x)
    closeness = critic.additions.discrimination(features)
    weight = torch.cat((critic.output.weight, critic.additions.closeness.weight), dim=1)
    expected = torch.cat((features, closeness), dim=1) @ weight[0] + critic.output.bias
    torch.testing.assert_close(critic(x), expected)
