import pytest
import torch
from torch import nn

from ganstudio.networks.layers import normalise_spectrally
from ganstudio.regularizers.orthogonal import Filters


def by_hand(filters: torch.Tensor) -> float:
    """Equation 3, pair by pair of different filters."""
    total = 0.0
    for i, one in enumerate(filters):
        for j, other in enumerate(filters):
            if i != j:
                total += float(one @ other) ** 2
    return total


@pytest.mark.parametrize(
    ("layer", "filters"),
    [
        (nn.Linear(5, 4), lambda w: w),
        (nn.Conv2d(2, 4, 3), lambda w: w.reshape(4, -1)),
        (nn.ConvTranspose2d(2, 4, 3), lambda w: w.transpose(0, 1).reshape(4, -1)),
    ],
    ids=["linear", "convolution", "transposed"],
)
@pytest.mark.parametrize("spectral", [False, True])
def test_filters_are_compared_pair_by_pair(layer: nn.Module, filters: object, spectral: bool) -> None:
    layer = layer.double()
    weight = layer.weight.detach().clone()
    if spectral:
        normalise_spectrally(layer)
    likeness = Filters(nn.Sequential(layer, nn.ReLU(), nn.BatchNorm1d(3))).likeness()
    assert likeness.item() == pytest.approx(by_hand(filters(weight)), rel=1e-12)  # type: ignore[operator]


def test_layers_add_up_and_the_gradient_reaches_them() -> None:
    network = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2)).double()
    likeness = Filters(network).likeness()
    expected = by_hand(network[0].weight.detach()) + by_hand(network[1].weight.detach())
    assert likeness.item() == pytest.approx(expected, rel=1e-12)
    likeness.backward()
    assert network[0].weight.grad is not None
    assert network[0].weight.grad.any()
    assert network[0].bias.grad is None


def test_orthogonal_filters_of_any_length_cost_nothing() -> None:
    layer = nn.Linear(4, 4).double()
    nn.init.orthogonal_(layer.weight)
    with torch.no_grad():
        layer.weight.mul_(torch.tensor([[1.0], [2.0], [3.0], [0.5]]))
    assert Filters(layer).likeness().item() == pytest.approx(0, abs=1e-20)
