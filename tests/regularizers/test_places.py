"""Where a penalty looks: each place in closed form."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from ganstudio.regularizers import LIPSCHITZ, PLACES
from ganstudio.regularizers.interpolates import draw_eps, interpolate
from ganstudio.regularizers.places import around_real, at_fake, at_interpolates, at_real

SHAPES = [(2,), (1, 8, 8), (3, 5, 5)]


def stream(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def batch(shape: tuple[int, ...], seed: int, count: int = 6) -> Tensor:
    return torch.randn(count, *shape, generator=stream(seed), dtype=torch.float64)


@pytest.mark.parametrize("shape", SHAPES)
def test_at_real_and_at_fake_are_the_samples_and_draw_nothing(shape: tuple[int, ...]) -> None:
    real, fake, random = batch(shape, 1), batch(shape, 2), stream(3)
    assert torch.equal(at_real(real, fake, random), real)
    assert torch.equal(at_fake(real, fake, random), fake)
    assert torch.equal(random.get_state(), stream(3).get_state())


@pytest.mark.parametrize("shape", SHAPES)
def test_at_interpolates_is_on_the_segments(shape: tuple[int, ...]) -> None:
    real, fake = batch(shape, 1), batch(shape, 2)
    expected = interpolate(real, fake, draw_eps(real, stream(3)))
    assert torch.equal(at_interpolates(real, fake, stream(3)), expected)


@given(st.sampled_from(SHAPES), st.integers(0, 2**31))
@settings(max_examples=30, deadline=None)
def test_dragan_moves_each_number_by_up_to_half_the_batchs_standard_deviation(
    shape: tuple[int, ...], seed: int
) -> None:
    real = 3 * batch(shape, seed)
    std = ((real - real.mean()) ** 2).mean().sqrt()  # of all numbers of the batch: one number
    u = (around_real(real, batch(shape, 2), stream(seed + 1)) - real) / (0.5 * std)
    torch.testing.assert_close(
        u, torch.rand(real.shape, generator=stream(seed + 1), dtype=torch.float64), rtol=1e-9, atol=1e-9
    )
    assert len(set(u.flatten().tolist())) == u.numel()  # not one for a sample


@pytest.mark.parametrize("place", list(PLACES))
def test_every_place_gives_points_like_the_samples(place: str) -> None:
    real, fake = batch((3, 5, 5), 1), batch((3, 5, 5), 2)
    points = PLACES[place].load()(real, fake, stream())
    assert points.shape == real.shape
    assert points.dtype == real.dtype
    assert PLACES[place].formula


@pytest.mark.parametrize("kind", LIPSCHITZ.with_trait("penalty"))
def test_every_penalty_states_its_formula_and_source(kind: str) -> None:
    assert LIPSCHITZ[kind].formula
    assert LIPSCHITZ[kind].source
    assert "per-sample" in LIPSCHITZ[kind].traits
