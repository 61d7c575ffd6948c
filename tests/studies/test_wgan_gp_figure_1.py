"""Figure 1 in its quick version: what holds there already, and that every number says what it claims."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from ganstudio.engine.seeds import stream
from ganstudio.engine.trainer import Trainer
from ganstudio.studies import gradient_depth, value_surfaces
from ganstudio.studies.gradient_depth import Depth, layer_gradient_norms
from ganstudio.studies.study import Parts, Request
from ganstudio.studies.toys import TOYS, paper_data
from ganstudio.studies.value_surfaces import look, valleys_seen

QUICK = Request(seeds=(0,), quick=True, threads=1)


@pytest.fixture(scope="module")
def depths() -> dict[float, Depth]:
    return {d.clip: d for d in gradient_depth.depths(QUICK, 0, Parts(QUICK, gradient_depth.PARTS))}


@pytest.mark.parametrize(("clip", "orders"), [(0.01, -6), (0.001, -12)])
def test_gradients_vanish_through_a_clipped_critic(
    depths: dict[float, Depth], clip: float, orders: float
) -> None:
    assert depths[clip].orders < orders
    assert (np.diff(depths[clip].norms) > 0).all()  # each layer nearer to the data has less


def test_gradients_keep_level_under_the_penalty(depths: dict[float, Depth]) -> None:
    assert depths[gradient_depth.PENALTY].spread < 1


def test_weights_pile_up_at_the_bounds_only_where_there_are_bounds(depths: dict[float, Depth]) -> None:
    assert depths[0.01].stuck > 0.5
    assert np.abs(depths[0.01].weights).max() <= np.float32(0.01)
    assert depths[gradient_depth.PENALTY].stuck == 0
    assert np.abs(depths[gradient_depth.PENALTY].weights).max() > 0.1


def test_layer_norms_are_products_of_the_weights_of_a_linear_chain() -> None:
    size = gradient_depth.Size(iterations=1, width=1, batch=8)
    trainer = Trainer(
        gradient_depth.experiment(0, 0.1, size), device="cpu", threads=1, dataset=paper_data(TOYS[2], 0)
    )
    # One unit a layer, kept in ReLU's linear half: the gradient at a layer is the product of what follows.
    weights = np.linspace(0.5, 1.5, 12)
    linear = [m for m in trainer.players.critic.modules() if isinstance(m, nn.Linear)]
    with torch.no_grad():
        linear[0].weight.copy_(torch.tensor([[0.6, 0.8]]))
        linear[0].bias.fill_(1000.0)
        for layer, weight in zip(linear[1:], weights, strict=True):
            layer.weight.fill_(weight)
            layer.bias.zero_()
    norms = layer_gradient_norms(trainer, stream(0, "test"))
    after = np.cumprod(weights[::-1].astype(np.float32).astype(np.float64))[::-1]
    assert norms[1:] == pytest.approx(after, rel=1e-7)
    assert norms[0] == pytest.approx(after[0], rel=1e-6)  # the first weights have norm 1


def test_a_clipped_critic_sees_no_valley_on_the_ring() -> None:
    size = value_surfaces.QUICK
    optimum = value_surfaces.exact(TOYS[0], 0, size)
    trainer = value_surfaces.trained(optimum, "weight-clipping", size, threads=1)
    surface = look(trainer, optimum, "weight-clipping", size)
    assert surface.valleys == 0
    assert valleys_seen(optimum.potential, optimum.toy) > 0.9  # an optimal critic sees them
    assert surface.recovered < 1
    assert surface.values.shape == (size.cells, size.cells)
    assert trainer.players.objective.__name__ == "Wasserstein"  # type: ignore[attr-defined]


def test_the_measures_of_a_surface_on_a_known_critic() -> None:
    size = replace(value_surfaces.QUICK, judged=200)
    optimum = value_surfaces.exact(TOYS[0], 0, size)
    trainer = value_surfaces.trained(optimum, "gradient-penalty", replace(size, steps=0), threads=1)
    w = torch.tensor([0.3, -0.4])
    trainer.players.critic = Linear(w)
    surface = look(trainer, optimum, "gradient-penalty", size)
    difference = (optimum.potential.real.mean(axis=0) - optimum.potential.fake.mean(axis=0)) @ w.numpy()
    assert surface.steepest == pytest.approx(0.5, rel=1e-6)
    assert surface.estimate == pytest.approx(difference, abs=1e-5)
    assert surface.recovered == pytest.approx(difference / 0.5 / optimum.potential.w1, abs=1e-5)
    # Rows run along y, columns along x.
    assert surface.values[-1, 0] == pytest.approx(-2 * 0.3 - 2 * 0.4, rel=1e-6)
    assert surface.valleys == 0


class Linear(nn.Module):
    def __init__(self, w: torch.Tensor) -> None:
        super().__init__()
        self.w = nn.Parameter(w)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x @ self.w
