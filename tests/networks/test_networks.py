import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from networks.requests import Request
from torch import Tensor, nn

from ganstudio.networks import ACTIVATIONS, GENERATOR_NORMS, INITIALISATIONS, NETWORKS, NORMS, dcgan, mlp
from ganstudio.networks.layers import activation
from ganstudio.networks.maps import attention_maps, latent_parts


def parameters(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


@given(data=st.data(), size=st.integers(8, 128), channels=st.sampled_from([1, 3]), classes=st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_any_size_that_the_form_accepts_builds(
    data: st.DataObject, size: int, channels: int, classes: int
) -> None:
    kind = data.draw(st.sampled_from(list(NETWORKS)))
    shape = (channels, size, size)
    z = torch.randn(3, data.draw(st.integers(latent_parts(size), 100)))
    labels = torch.arange(3) % classes if classes else None

    def request(network: str) -> Request:
        norm = data.draw(st.sampled_from(list(GENERATOR_NORMS if network == "generator" else NORMS)))
        maps = attention_maps(kind, network, size) if kind != "mlp" else ()
        return Request(
            width=4,
            norm="layer" if kind == "mlp" and norm == "instance" else norm,
            attention=data.draw(st.sampled_from([0, *maps])),
            spectral_norm=data.draw(st.booleans()),
            minibatch_deviation=data.draw(st.booleans()),
            minibatch_discrimination=data.draw(st.booleans()),
        )

    family = NETWORKS[kind].load()
    asked = request("generator")
    generator = family.Generator(asked, z.shape[1], shape, classes)
    images = generator(z, labels)
    assert images.shape == (3, *shape)
    assert images.abs().max() <= 1
    assert sum(name.endswith("gamma") for name, _ in generator.named_parameters()) == bool(asked.attention)
    asked = request("critic")
    critic = family.Critic(asked, shape, classes)
    scores = critic(images, labels)
    assert scores.shape == (3,)
    assert critic.features(images).shape[0] == 3
    assert critic.features(images).dim() == 2
    assert sum(name.endswith("gamma") for name, _ in critic.named_parameters()) == bool(asked.attention)
    scores.sum().backward()
    unused = [n for n, p in (*generator.named_parameters(), *critic.named_parameters()) if p.grad is None]
    assert not unused  # nothing is built that does not take part


@pytest.mark.parametrize("kind", list(NETWORKS))
@pytest.mark.parametrize("classes", [0, 4])
def test_samples_do_not_depend_on_their_neighbours_once_trained(kind: str, classes: int) -> None:
    torch.manual_seed(0)
    family, shape = NETWORKS[kind].load(), (1, 12, 12)
    generator = family.Generator(Request(norm="batch"), 9, shape, classes).eval()
    critic = family.Critic(Request(norm="layer"), shape, classes).eval()
    z, labels = torch.randn(4, 9), (torch.arange(4) if classes else None)
    images: Tensor = generator(z, labels)
    alone = generator(z[1:2], labels[1:2] if classes else None)
    torch.testing.assert_close(images[1:2], alone)
    torch.testing.assert_close(critic(images, labels)[1:2], critic(alone, labels[1:2] if classes else None))


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


@pytest.mark.parametrize("kind", list(NETWORKS))
def test_a_network_with_classes_needs_labels(kind: str) -> None:
    family = NETWORKS[kind].load()
    with pytest.raises(ValueError, match="needs labels"):
        family.Generator(Request(), 9, (1, 8, 8), 3)(torch.randn(2, 9))
    with pytest.raises(ValueError, match="needs labels"):
        family.Critic(Request(), (1, 8, 8), 3)(torch.randn(2, 1, 8, 8))
