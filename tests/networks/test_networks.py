from dataclasses import dataclass

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from ganstudio.networks import ACTIVATIONS, INITIALISATIONS, NETWORKS, NORMS, dcgan, mlp
from ganstudio.networks.layers import activation


@dataclass
class Request:
    width: int = 8
    depth: int = 2
    activation: str = "relu"
    norm: str = "none"
    initialisation: str = "default"


@given(
    size=st.integers(8, 128),
    channels=st.sampled_from([1, 3]),
    kind=st.sampled_from(list(NETWORKS)),
    norm=st.sampled_from(list(NORMS)),
    latent=st.integers(1, 100),
)
@settings(max_examples=40, deadline=None)
def test_any_size_that_the_form_accepts_builds(
    size: int, channels: int, kind: str, norm: str, latent: int
) -> None:
    if kind == "mlp" and norm == "instance":
        norm = "layer"
    request, shape = Request(width=4, norm=norm), (channels, size, size)
    images = NETWORKS[kind].load().Generator(request, latent, shape)(torch.randn(2, latent))
    assert images.shape == (2, *shape)
    assert images.abs().max() <= 1
    assert NETWORKS[kind].load().Critic(request, shape)(images).shape == (2,)


def test_dcgan_at_64_px_is_the_papers() -> None:
    generator = dcgan.Generator(Request(width=128, norm="batch"), 100, (3, 64, 64))
    ups = [m for m in generator.layers if isinstance(m, nn.ConvTranspose2d)]
    assert [(m.in_channels, m.out_channels) for m in ups] == [
        (100, 1024),
        (1024, 512),
        (512, 256),
        (256, 128),
        (128, 3),
    ]
    assert [m.num_features for m in generator.layers if isinstance(m, nn.BatchNorm2d)] == [
        1024,
        512,
        256,
        128,
    ]
    assert isinstance(generator.layers[-1], nn.Tanh)
    critic = dcgan.Critic(Request(width=128, norm="batch"), (3, 64, 64))
    downs = [m for m in critic.layers if isinstance(m, nn.Conv2d)]
    assert [(m.in_channels, m.out_channels) for m in downs] == [
        (3, 128),
        (128, 256),
        (256, 512),
        (512, 1024),
        (1024, 1),
    ]
    assert [m.num_features for m in critic.layers if isinstance(m, nn.BatchNorm2d)] == [
        256,
        512,
        1024,
    ]  # none at the input
    assert all(m.negative_slope == 0.2 for m in critic.layers if isinstance(m, nn.LeakyReLU))
    assert not any(
        isinstance(m, (nn.Linear, nn.MaxPool2d, nn.AvgPool2d))
        for m in [*generator.modules(), *critic.modules()]
    )


def test_points_are_not_squashed() -> None:
    generator = mlp.Generator(Request(), 2, (2,))
    nn.init.constant_(generator.output.bias, 5.0)
    assert generator(torch.zeros(3, 2)).max() > 1


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_every_activation_builds(name: str) -> None:
    assert activation(name)(torch.tensor([0.5])).shape == (1,)


@pytest.mark.parametrize("name", list(INITIALISATIONS))
def test_initialisation(name: str) -> None:
    torch.manual_seed(0)
    critic = mlp.Critic(Request(width=400, initialisation=name), (400,))
    weight = critic.hidden[0].weight.detach()
    expected = {"default": 1 / (3 * 400) ** 0.5, "dcgan": 0.02, "he": (2 / 400) ** 0.5, "orthogonal": 1 / 20}[
        name
    ]
    assert weight.std().item() == pytest.approx(expected, rel=0.02)
    if name == "orthogonal":
        torch.testing.assert_close(weight @ weight.T, torch.eye(400), rtol=0, atol=1e-5)
    if name != "default":
        assert not critic.hidden[0].bias.any()


def test_dcgan_initialisation_draws_gains_around_one() -> None:
    torch.manual_seed(0)
    generator = dcgan.Generator(Request(width=64, norm="batch", initialisation="dcgan"), 8, (1, 32, 32))
    gains = torch.cat([m.weight for m in generator.modules() if isinstance(m, nn.BatchNorm2d)])
    assert gains.mean().item() == pytest.approx(1.0, abs=0.005)
    assert gains.std().item() == pytest.approx(0.02, rel=0.15)


@pytest.mark.parametrize("size", [16, 28, 32])
def test_he_initialisation_keeps_the_variance_through_transposed_convolutions(size: int) -> None:
    torch.manual_seed(0)
    generator = dcgan.Generator(Request(width=64, norm="none", initialisation="he"), 64, (1, size, size))
    x = torch.randn(64, 64, 1, 1)
    for layer in generator.layers:
        x = layer(x)
        if isinstance(
            layer, nn.ConvTranspose2d
        ):  # half of the variance is lost in ReLU, and 2 makes up for it
            inside = x[:, :, 1:-1, 1:-1] if x.shape[-1] > 7 else x
            assert 0.5 < inside.square().mean().item() / 2 < 2
    assert (x.abs() > 0.99).float().mean() < 0.1  # tanh is not saturated
