"""The exact optimal critic against the dual's own definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganstudio.metrics.transport import wasserstein1
from ganstudio.studies.potential import optimal_potential


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 40))
def test_the_potential_is_1_lipschitz_and_reaches_w1(seed: int, count: int) -> None:
    random = np.random.default_rng(seed)
    real, fake = random.normal(size=(count, 2)), random.normal(1, 2, size=(count, 2))
    f = optimal_potential(real, fake)
    assert f(real).mean() - f(fake).mean() == pytest.approx(wasserstein1(real, fake), abs=1e-9)
    places = np.concatenate([real, fake, random.uniform(-6, 6, size=(200, 2))])
    values = f(places)
    distance = np.linalg.norm(places[:, None] - places[None], axis=2)
    assert (np.abs(values[:, None] - values[None]) <= distance + 1e-9).all()


def test_between_two_points_it_is_the_straight_slope() -> None:
    f = optimal_potential(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0]]))
    assert f.w1 == pytest.approx(5)
    along = f(np.array([[0.0, 0.0], [1.5, 2.0], [3.0, 4.0]]))
    assert along[0] - along[1] == pytest.approx(2.5)
    assert along[1] - along[2] == pytest.approx(2.5)
