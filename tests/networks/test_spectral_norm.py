import copy
from collections.abc import Callable

import numpy as np
import pytest
import torch
from networks.requests import Request
from torch import nn
from torch.nn.utils import parametrize

from ganstudio.networks import NETWORKS
from ganstudio.networks.layers import normalise_spectrally
from ganstudio.regularizers.interpolates import gradient_norms

SHAPE = (3, 12, 12)


def built(kind: str, classes: int = 0, **values: object) -> tuple[nn.Module, nn.Module]:
    torch.manual_seed(1)
    request = Request(spectral_norm=True, **values)  # type: ignore[arg-type]
    family = NETWORKS[kind].load()
    return family.Generator(request, 9, SHAPE, classes), family.Critic(request, SHAPE, classes)


@pytest.mark.parametrize(
    "make",
    [
        lambda: nn.Linear(7, 5),
        lambda: nn.Conv2d(3, 6, 3),
        lambda: nn.Conv2d(4, 1, 4),
        lambda: nn.ConvTranspose2d(4, 6, 3, stride=2),
    ],
    ids=["linear", "convolution", "one filter", "transposed"],
)
def test_power_iteration_finds_the_largest_singular_value(make: Callable[[], nn.Module]) -> None:
    torch.manual_seed(0)  # how fast it converges depends on the second largest value
    layer = make().double()
    weight = layer.weight.detach().clone()
    normalise_spectrally(layer)
    for _ in range(300):  # one iteration of power at each use of the weight in training mode
        _ = layer.weight
    # A filter is a row: a transposed convolution's weight has its filters in the second place.
    filters = weight.transpose(0, 1) if isinstance(layer, nn.ConvTranspose2d) else weight
    largest = np.linalg.svd(filters.flatten(1).numpy(), compute_uv=False)[0]
    torch.testing.assert_close(layer.weight.detach(), weight / largest, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", list(NETWORKS))
@pytest.mark.parametrize("classes", [0, 3])
def test_every_linear_map_of_both_networks_is_normalised(kind: str, classes: int) -> None:
    for network in built(kind, classes, attention=6 if kind != "mlp" else 0):
        maps = [m for m in network.modules() if isinstance(m, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d))]
        assert maps
        assert all(parametrize.is_parametrized(m, "weight") for m in maps)


@pytest.mark.parametrize("kind", list(NETWORKS))
def test_state_comes_back_exactly(kind: str) -> None:
    for network, batch in zip(built(kind), (torch.randn(4, 9), torch.rand(4, *SHAPE)), strict=True):
        network(batch)
        state = {name: tensor.clone() for name, tensor in network.state_dict().items()}
        assert any(name.endswith("_u") for name in state)
        twin = copy.deepcopy(network)
        for p in twin.parameters():
            nn.init.uniform_(p)
        twin.load_state_dict(state)
        for _ in range(2):  # the same then and after the power iterations of a further pass
            assert all(torch.equal(t, twin.state_dict()[n]) for n, t in network.state_dict().items())
            assert torch.equal(network(batch), twin(batch))


@pytest.mark.parametrize("kind", list(NETWORKS))
def test_looking_in_evaluation_mode_moves_nothing(kind: str) -> None:
    for network, batch in zip(built(kind), (torch.randn(4, 9), torch.rand(4, *SHAPE)), strict=True):
        before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
        network.eval()(batch)
        assert all(torch.equal(t, before[n]) for n, t in network.state_dict().items())


@pytest.mark.parametrize("kind", list(NETWORKS))
def test_it_works_under_a_gradient_penalty(kind: str) -> None:
    _, critic = built(kind)
    norms = gradient_norms(critic, torch.rand(4, *SHAPE), create_graph=True)
    (norms - 1).square().mean().backward()
    slopes = [p.grad for name, p in critic.named_parameters() if name.endswith("original")]
    assert slopes
    assert all(g is not None and torch.isfinite(g).all() for g in slopes)
    assert any(g is not None and g.any() for g in slopes)


def test_a_normalised_critic_is_1_lipschitz() -> None:
    torch.manual_seed(3)
    critic = NETWORKS["mlp"].load().Critic(Request(width=32, spectral_norm=True), (2,))
    for p in critic.parameters():
        nn.init.normal_(p, std=3.0)
    points = torch.randn(500, 2)
    for _ in range(100):
        critic(points)
    assert gradient_norms(critic, points, create_graph=False).max() <= 1.0001
