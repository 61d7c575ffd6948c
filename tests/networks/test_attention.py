import math

import pytest
import torch
from networks.requests import Request

from ganstudio.networks import NETWORKS
from ganstudio.networks.attention import SelfAttention
from ganstudio.networks.maps import attention_maps


def test_attention_is_its_formula_position_by_position() -> None:
    torch.manual_seed(0)
    layer = SelfAttention(16).double()
    torch.nn.init.constant_(layer.gamma, 0.7)
    x = torch.randn(2, 16, 3, 4, dtype=torch.float64)
    f, g, h, v = (m.weight.detach()[:, :, 0, 0] for m in (layer.f, layer.g, layer.h, layer.v))
    assert [tuple(w.shape) for w in (f, g, h, v)] == [(2, 16), (2, 16), (8, 16), (16, 8)]
    positions = [(row, column) for row in range(3) for column in range(4)]
    expected = torch.empty_like(x)
    for n in range(2):
        for j in positions:
            at_j = x[n, :, j[0], j[1]]
            shares = [math.exp(float((f @ x[n, :, i[0], i[1]]) @ (g @ at_j))) for i in positions]
            o = torch.zeros(8, dtype=torch.float64)
            for share, i in zip(shares, positions, strict=True):
                o += share / sum(shares) * (h @ x[n, :, i[0], i[1]])
            expected[n, :, j[0], j[1]] = 0.7 * (v @ o) + at_j
    torch.testing.assert_close(layer(x), expected, rtol=1e-12, atol=1e-12)


def test_attention_starts_as_nothing_and_learns() -> None:
    layer = SelfAttention(8)
    x = torch.randn(2, 8, 4, 4)
    assert torch.equal(layer(x), x)
    layer(x).square().sum().backward()
    assert layer.gamma.grad is not None
    assert layer.gamma.grad != 0


@pytest.mark.parametrize(
    ("kind", "network", "size", "maps"),
    [
        ("dcgan", "generator", 64, (32, 16, 8, 4)),
        ("dcgan", "critic", 28, (14, 7)),
        ("resnet", "generator", 32, (32, 16, 8, 4)),
        ("resnet", "critic", 32, (16, 8)),
        ("resnet", "critic", 128, (64, 32, 16, 8, 4)),
        ("biggan", "generator", 128, (64, 32, 16, 8, 4)),
    ],
)
def test_attention_has_the_maps_that_are_named(
    kind: str, network: str, size: int, maps: tuple[int, ...]
) -> None:
    assert attention_maps(kind, network, size) == maps
    family, shape = NETWORKS[kind].load(), (1, size, size)
    for wanted in maps:
        request = Request(width=1, attention=wanted)
        built = (
            family.Generator(request, 9, shape) if network == "generator" else family.Critic(request, shape)
        )
        (layer,) = (m for m in built.modules() if isinstance(m, SelfAttention))
        seen: list[int] = []
        layer.register_forward_pre_hook(lambda _, inputs, seen=seen: seen.append(inputs[0].shape[-1]))
        with torch.no_grad():
            built(torch.randn(1, 9) if network == "generator" else torch.randn(1, *shape))
        assert seen == [wanted]
