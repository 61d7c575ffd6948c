import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from ganstudio.regularizers.gradient_clipping import clip_gradients


def with_gradient(scale: float) -> nn.Linear:
    network = nn.Linear(4, 3).double()
    for p in network.parameters():  # 15 numbers of size scale: the norm is scale sqrt(15)
        p.grad = torch.full_like(p, scale)
    return network


@given(scale=st.floats(0.001, 100), bound=st.floats(0.001, 100))
@settings(deadline=None)
def test_all_weights_together_are_shortened_to_the_bound(scale: float, bound: float) -> None:
    network = with_gradient(scale)
    clip_gradients(network, bound)
    expected = min(scale, bound / 15**0.5)
    for p in network.parameters():  # the direction stays
        assert p.grad is not None
        torch.testing.assert_close(p.grad, torch.full_like(p, expected), rtol=1e-3, atol=0)


def test_nought_leaves_the_gradient_alone() -> None:
    network = with_gradient(1e6)
    clip_gradients(network, 0.0)
    assert all(torch.equal(p.grad, torch.full_like(p, 1e6)) for p in network.parameters())


def test_a_short_gradient_is_left_alone_to_the_last_bit() -> None:
    network = with_gradient(0.1)
    clip_gradients(network, 1.0)
    assert all(torch.equal(p.grad, torch.full_like(p, 0.1)) for p in network.parameters())


def test_a_gradient_that_is_not_finite_is_not_hidden() -> None:
    network = with_gradient(float("nan"))
    clip_gradients(network, 1.0)
    assert all(p.grad.isnan().all() for p in network.parameters())
