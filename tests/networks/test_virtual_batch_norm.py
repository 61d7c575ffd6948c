import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from networks.requests import Request

from ganstudio.networks import NETWORKS
from ganstudio.networks.virtual_batch_norm import VirtualBatchNorm


@given(
    shape=st.sampled_from([(3,), (3, 1, 1), (2, 4, 5)]), reference=st.integers(1, 6), own=st.integers(1, 4)
)
@settings(max_examples=30, deadline=None)
def test_each_sample_is_one_more_of_the_reference_batch(
    shape: tuple[int, ...], reference: int, own: int
) -> None:
    torch.manual_seed(0)
    layer = VirtualBatchNorm(shape[0], reference).double()
    torch.nn.init.uniform_(layer.weight)
    torch.nn.init.uniform_(layer.bias)
    x = 3 + 2 * torch.randn(reference + own, *shape, dtype=torch.float64)
    got = layer(x)
    assert got.shape == x.shape
    for sample in range(own):
        # The statistics over the reference batch with this sample in it, as batch normalisation has them.
        batch = torch.cat((x[:reference], x[reference + sample : reference + sample + 1]))
        for channel in range(shape[0]):
            values = batch[:, channel]
            scale = (values.var(correction=0) + 1e-5).sqrt()
            expected = (values[-1] - values.mean()) / scale * layer.weight[channel] + layer.bias[channel]
            torch.testing.assert_close(got[reference + sample, channel], expected, rtol=1e-9, atol=1e-9)


def test_the_reference_batch_is_batch_normalised() -> None:
    layer, twin = VirtualBatchNorm(4, 6).double(), torch.nn.BatchNorm2d(4).double()
    x = torch.randn(9, 4, 3, 3, dtype=torch.float64)
    torch.testing.assert_close(layer(x)[:6], twin(x[:6]), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", ["mlp", "dcgan", "resnet"])
@pytest.mark.parametrize("classes", [0, 3])
def test_samples_do_not_depend_on_their_neighbours(kind: str, classes: int) -> None:
    torch.manual_seed(0)
    generator = NETWORKS[kind].load().Generator(Request(norm="virtual-batch"), 9, (1, 12, 12), classes)
    z, labels = torch.randn(5, 9), torch.tensor([0, 1, 2, 0, 1])
    together = generator(z, labels if classes else None)
    assert together.shape == (5, 1, 12, 12)
    alone = torch.cat([generator(z[i : i + 1], labels[i : i + 1] if classes else None) for i in range(5)])
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)


def test_the_reference_batch_is_part_of_the_state() -> None:
    one, other = (
        NETWORKS["mlp"].load().Generator(Request(norm="virtual-batch"), 9, (2,), 3) for _ in range(2)
    )
    assert one.state_dict()["input.reference_latents"].shape == (6, 9)
    assert one.state_dict()["input.reference_labels"].tolist() == [0, 1, 2, 0, 1, 2]
    other.load_state_dict(one.state_dict())
    z, labels = torch.randn(4, 9), torch.tensor([0, 1, 2, 0])
    assert torch.equal(one(z, labels), other(z, labels))
