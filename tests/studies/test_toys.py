"""The paper's data: scale, spread and the places between which an optimal critic falls."""

import numpy as np
import pytest
import torch

from ganstudio.engine.seeds import stream
from ganstudio.studies.critics import NoisyData
from ganstudio.studies.toys import TOYS, Toy, paper_data, valleys

RING, GRID, ROLL = TOYS


@pytest.mark.parametrize("toy", TOYS, ids=lambda toy: toy.source)
def test_the_data_have_about_unit_variance(toy: Toy) -> None:
    assert 0.9 < paper_data(toy, 0).array.std(axis=0).mean() < 1.1


def test_the_modes_are_those_of_the_authors_script() -> None:
    ring, grid = paper_data(RING, 0).modes, paper_data(GRID, 0).modes
    assert ring is not None
    assert grid is not None
    assert np.allclose(np.linalg.norm(ring.centres, axis=1), 2 / np.sqrt(2))
    assert ring.std == pytest.approx(0.02 / np.sqrt(2))
    assert np.allclose(np.unique(grid.centres.round(12)), np.array([-4, -2, 0, 2, 4]) / np.sqrt(8))
    assert grid.std == pytest.approx(0.05 / np.sqrt(8))


@pytest.mark.parametrize(("toy", "pairs"), [(RING, 8), (GRID, 40), (ROLL, 25)])
def test_valleys_lie_between_places_of_the_data(toy: Toy, pairs: int) -> None:
    places, data = valleys(toy), paper_data(toy, 0).array
    assert places.shape == (pairs, 3, 2)
    assert np.allclose(places[:, 2], places[:, :2].mean(axis=1))
    to_data = np.linalg.norm(places[:, :, None] - data[None, None, :2000], axis=3).min(axis=2)
    assert (to_data[:, :2] < 0.1).all()
    assert (to_data[:, 2] > 0.2).all()


def test_the_fixed_generator_adds_its_latents_to_the_data() -> None:
    points = torch.tensor([[10.0, 0.0], [0.0, 10.0]])
    z = torch.randn(1000, 2, generator=stream(0, "test"))
    base = NoisyData(points, 0)(z) - z
    share = (base[:, 0] > 5).float().mean()
    assert torch.allclose(base.sum(dim=1), torch.tensor(10.0), atol=1e-5)
    assert 0.4 < share < 0.6
    assert not list(NoisyData(points, 0).parameters())
