from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from networks.requests import Request
from torch import nn

from ganstudio.networks import resnet
from ganstudio.networks.maps import residual_critic_sizes, sizes
from ganstudio.networks.residual import DownBlock, FirstBlock, UpBlock, double, halve

F64 = torch.float64


@given(to=st.integers(1, 17))
def test_doubling_copies_pixels(to: int) -> None:
    x = torch.randn(1, 2, (to + 1) // 2, (to + 1) // 2)
    out = double(x, to)
    assert out.shape == (1, 2, to, to)
    for row in range(to):
        for column in range(to):
            assert torch.equal(out[..., row, column], x[..., row // 2, column // 2])


@given(size=st.integers(1, 17))
def test_halving_takes_means_of_what_is_there(size: int) -> None:
    x = torch.randn(1, 2, size, size, dtype=F64)
    out = halve(x)
    assert out.shape[-1] == (size + 1) // 2
    for row in range(out.shape[-1]):
        for column in range(out.shape[-1]):
            patch = x[..., 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            torch.testing.assert_close(out[..., row, column], patch.mean((2, 3)), rtol=1e-12, atol=1e-15)


@given(size=st.integers(8, 128))
def test_halving_and_doubling_follow_the_same_chain(size: int) -> None:
    chain = sizes(size)
    assert 4 <= chain[-1] <= 7
    assert all(small == (large + 1) // 2 for large, small in pairwise(chain))
    assert residual_critic_sizes(size) == chain[: len(residual_critic_sizes(size))]
    assert len(residual_critic_sizes(size)) >= 2


def test_an_up_block_in_the_order_of_the_paper() -> None:
    torch.manual_seed(0)
    block = UpBlock(2, 3, 6, (nn.Tanh(), nn.Sigmoid())).double()
    x = torch.randn(1, 2, 3, 3, dtype=F64)
    inner = block.conv1(double(torch.tanh(x).relu(), 6))
    inner = block.conv2(torch.sigmoid(inner).relu())
    torch.testing.assert_close(block(x), block.beside(double(x, 6)) + inner, rtol=1e-12, atol=1e-12)


def test_a_down_block_in_the_order_of_the_paper() -> None:
    torch.manual_seed(0)
    block = DownBlock(2, 3, "layer", halving=True).double()
    x = torch.randn(1, 2, 7, 7, dtype=F64)
    inner = block.conv1(nn.functional.group_norm(x, 1).relu())
    inner = halve(block.conv2(nn.functional.group_norm(inner, 1).relu()))
    # The 1x1 convolution before the mean, as it is written in the paper's code: the same to rounding.
    torch.testing.assert_close(block(x), halve(block.beside(x)) + inner, rtol=1e-12, atol=1e-12)


def test_a_plain_block_of_one_width_lets_its_input_through() -> None:
    block = DownBlock(4, 4, "none", halving=False)
    nn.init.zeros_(block.conv2.weight)
    nn.init.zeros_(block.conv2.bias)
    x = torch.randn(2, 4, 5, 5)
    assert torch.equal(block(x), x)


def test_the_first_block_sees_negative_pixels() -> None:
    torch.manual_seed(0)
    block = FirstBlock(1, 4)  # an activation in front would cut them off
    assert not torch.allclose(block(torch.full((1, 1, 4, 4), -0.9)), block(torch.full((1, 1, 4, 4), -0.5)))


def test_at_32_px_it_is_the_papers_cifar_10_network() -> None:
    generator = resnet.Generator(Request(width=128, norm="batch"), 128, (3, 32, 32))
    ups = [m for m in generator.modules() if isinstance(m, UpBlock)]
    assert [(m.conv1.in_channels, m.conv1.out_channels, m.doubled) for m in ups] == [
        (128, 128, 8),
        (128, 128, 16),
        (128, 128, 32),
    ]
    assert generator.layers[0].out_features == 4 * 4 * 128
    assert isinstance(generator.layers[-1], nn.Tanh)
    critic = resnet.Critic(Request(width=128), (3, 32, 32))
    assert isinstance(critic.layers[0], FirstBlock)
    blocks = [m for m in critic.modules() if isinstance(m, DownBlock)]
    assert [m.resize is halve for m in blocks] == [True, False, False]
    assert {(m.conv1.in_channels, m.conv2.out_channels) for m in blocks} == {(128, 128)}
    assert critic.output.in_features == 128  # mean-pooled
    # Counted by hand from the table of the paper: weights and biases of every layer.
    conv, beside = 128 * 128 * 9 + 128, 128 * 128 + 128
    up = 2 * conv + beside + 4 * 128
    start, end = 129 * 2048, 2 * 128 + 3 * 128 * 9 + 3
    assert sum(p.numel() for p in generator.parameters()) == start + 3 * up + end
    first = 3 * 128 * 9 + 128 + conv + 3 * 128 + 128
    down = 2 * conv + beside
    assert sum(p.numel() for p in critic.parameters()) == first + down + 2 * 2 * conv + 129


@pytest.mark.parametrize(
    ("size", "wide"), [(64, [512, 512, 256, 128, 64]), (128, [512, 512, 512, 256, 128, 64])]
)
def test_at_64_px_it_is_the_papers_and_at_128_px_one_block_more(size: int, wide: list[int]) -> None:
    generator = resnet.Generator(Request(width=64, norm="batch"), 128, (3, size, size))
    ups = [m for m in generator.modules() if isinstance(m, UpBlock)]
    assert [m.conv1.in_channels for m in ups] == wide[:-1]
    assert [m.conv1.out_channels for m in ups] == wide[1:]
    critic = resnet.Critic(Request(width=64, norm="layer"), (3, size, size))
    downs = [m for m in critic.modules() if isinstance(m, DownBlock)]
    assert [m.conv1.in_channels for m in downs] == wide[:0:-1]
    assert [m.conv2.out_channels for m in downs] == wide[-2::-1]
    assert all(m.resize is halve for m in downs)
    assert critic.output.in_features == 512 * 4 * 4  # flattened, not pooled
