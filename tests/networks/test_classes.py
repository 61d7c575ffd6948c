"""What networks do with classes: the embedding, the projection, BigGAN's conditions."""

import pytest
import torch
from networks.requests import Request
from torch import nn

from ganstudio.networks import NETWORKS, biggan
from ganstudio.networks.biggan import ConditionalBatchNorm
from ganstudio.networks.residual import UpBlock

SHAPE = (1, 12, 12)


@pytest.mark.parametrize("kind", list(NETWORKS))
def test_the_projection_is_the_inner_product_of_features_and_the_classs_vector(kind: str) -> None:
    torch.manual_seed(0)
    critic = NETWORKS[kind].load().Critic(Request(), SHAPE, 5).double()
    x, labels = torch.randn(4, *SHAPE, dtype=torch.float64), torch.tensor([3, 0, 4, 3])
    features, vectors = critic.features(x), critic.additions.projection.weight
    assert vectors.shape == (5, features.shape[1])
    expected = torch.stack([(features[n] * vectors[labels[n]]).sum() for n in range(4)])
    nn.init.zeros_(critic.additions.projection.weight)
    without = critic(x, labels)
    with torch.no_grad():
        vectors.copy_(torch.randn_like(vectors))
    expected = torch.stack([(features[n] * vectors[labels[n]]).sum() for n in range(4)])
    torch.testing.assert_close(critic(x, labels), without + expected, rtol=1e-12, atol=1e-12)
    weight, bias = (
        (critic.layers[-1].weight.flatten(), critic.layers[-1].bias)
        if kind == "dcgan"
        else (critic.output.weight.flatten(), critic.output.bias)
    )
    torch.testing.assert_close(without, features @ weight + bias, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", list(NETWORKS))
def test_the_class_reaches_the_sample(kind: str) -> None:
    torch.manual_seed(0)
    generator = NETWORKS[kind].load().Generator(Request(norm="batch"), 9, SHAPE, 3).eval()
    z = torch.randn(1, 9)
    one, same, other = (generator(z, torch.tensor([label])) for label in (0, 0, 2))
    assert torch.equal(one, same)
    assert not torch.allclose(one, other)


def test_conditional_batch_norm_in_closed_form() -> None:
    torch.manual_seed(0)
    layer = ConditionalBatchNorm(3, 4).double()
    x, c = torch.randn(5, 3, 2, 2, dtype=torch.float64), torch.randn(5, 4, dtype=torch.float64)
    out = layer(x, c)
    for channel in range(3):
        values = x[:, channel]
        normal = (values - values.mean()) / (values.var(correction=0) + 1e-5).sqrt()
        for n in range(5):
            gain = 1 + layer.gain.weight[channel] @ c[n]
            shift = layer.shift.weight[channel] @ c[n]
            torch.testing.assert_close(out[n, channel], normal[n] * gain + shift, rtol=1e-12, atol=1e-12)


def test_biggan_gives_every_block_its_part_of_z_beside_the_shared_embedding() -> None:
    torch.manual_seed(0)
    generator = biggan.Generator(Request(embedding=5), 11, (3, 32, 32), 4)
    assert generator.parts == [3, 3, 3, 2]
    seen: list[torch.Tensor] = []
    for block in generator.modules():
        if isinstance(block, UpBlock):
            block.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[1]))
    z, labels = torch.randn(2, 11), torch.tensor([1, 3])
    generator(z, labels)
    shared = generator.embedding(labels)
    for got, part in zip(seen, (z[:, 3:6], z[:, 6:9], z[:, 9:11]), strict=True):
        assert torch.equal(got, torch.cat((shared, part), dim=1))


def test_biggan_refuses_a_latent_that_cannot_be_split() -> None:
    with pytest.raises(ValueError, match="at least 4 numbers, not 3"):
        biggan.Generator(Request(), 3, (3, 32, 32))


def test_biggan_for_cifar_10_has_the_size_of_the_authors() -> None:
    # Their released networks for CIFAR-10 have about 4.3 and 4.2 million parameters.
    generator = biggan.Generator(Request(width=256, embedding=128), 128, (3, 32, 32), 10)
    critic = biggan.Critic(Request(width=256), (3, 32, 32), 10)
    assert 4.2e6 < sum(p.numel() for p in generator.parameters()) < 4.5e6
    assert 4.1e6 < sum(p.numel() for p in critic.parameters()) < 4.4e6
