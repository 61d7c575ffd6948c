import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganstudio.regularizers.instance_noise import add_noise, noise_std


@given(start=st.floats(0, 10), over=st.integers(1, 1000), iteration=st.integers(0, 3000))
@settings(deadline=None)
def test_noise_falls_in_a_straight_line_to_nothing(start: float, over: int, iteration: int) -> None:
    expected = start * (over - iteration) / over if iteration < over else 0.0
    assert noise_std(start, over, iteration) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_each_number_gets_its_own_noise_of_that_standard_deviation() -> None:
    samples = torch.full((200, 3, 8, 8), 0.25, dtype=torch.float64)
    noise = add_noise(samples, 0.3, torch.Generator().manual_seed(1)) - samples
    assert noise.mean().item() == pytest.approx(0, abs=0.006)
    assert noise.std().item() == pytest.approx(0.3, rel=0.02)
    assert len(set(noise.flatten().tolist())) == noise.numel()


def test_no_noise_draws_nothing_and_copies_nothing() -> None:
    samples, stream = torch.randn(4, 2), torch.Generator().manual_seed(1)
    assert add_noise(samples, 0.0, stream) is samples
    assert torch.equal(stream.get_state(), torch.Generator().manual_seed(1).get_state())


def test_the_gradient_passes_through_to_the_generator() -> None:
    samples = torch.randn(4, 2, requires_grad=True)
    add_noise(samples, 0.5, torch.Generator()).sum().backward()
    assert torch.equal(samples.grad, torch.ones(4, 2))
