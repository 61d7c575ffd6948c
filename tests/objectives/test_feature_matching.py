import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganstudio.objectives.feature_matching import feature_distance

rows = st.lists(st.tuples(*[st.floats(-9, 9)] * 3), min_size=1, max_size=6).map(
    lambda v: torch.tensor(v, dtype=torch.float64)
)


@given(real=rows, fake=rows)
@settings(deadline=None)
def test_squared_distance_of_the_means(real: torch.Tensor, fake: torch.Tensor) -> None:
    expected = sum(
        (sum(r) / len(r) - sum(f) / len(f)) ** 2
        for r, f in zip(real.T.tolist(), fake.T.tolist(), strict=True)
    )
    assert feature_distance(real=real, fake=fake).item() == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_only_means_are_matched() -> None:
    # Equal means and different samples: the distance is that of the means, not the mean distance.
    real, fake = torch.tensor([[1.0, 0.0], [-1.0, 0.0]]), torch.tensor([[0.0, 3.0], [0.0, -3.0]])
    assert feature_distance(real=real, fake=fake).item() == 0
