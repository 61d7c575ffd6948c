import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from ganstudio.one_call import in_one_call
from ganstudio.regularizers.gradient_penalty import GradientPenalty
from ganstudio.regularizers.interpolates import draw_eps, gradient_norms, interpolate

F64 = torch.float64
SHAPES = [(2,), (1, 8, 8), (3, 5, 5)]


def stream(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def batch(shape: tuple[int, ...], seed: int, count: int = 6) -> Tensor:
    return torch.randn(count, *shape, generator=stream(seed), dtype=F64)


@pytest.mark.parametrize("shape", SHAPES)
def test_linear_critic_has_the_norm_of_its_weights_everywhere(shape: tuple[int, ...]) -> None:
    w = batch(shape, 1, 1)[0]
    points = interpolate(batch(shape, 2), batch(shape, 3), draw_eps(batch(shape, 2), stream()))
    norms = gradient_norms(lambda x: (x * w).flatten(1).sum(1), points, create_graph=False)
    assert norms.shape == (6,)
    torch.testing.assert_close(norms, w.norm().expand(6), rtol=1e-14, atol=0)


@given(scale=st.floats(0.01, 20), target=st.floats(0.1, 5))
def test_penalty_of_a_linear_critic_in_closed_form(scale: float, target: float) -> None:
    w = torch.nn.functional.normalize(batch((3, 4, 4), 1, 1)[0].flatten(), dim=0).view(3, 4, 4) * scale
    norms = gradient_norms(lambda x: (x * w).flatten(1).sum(1), batch((3, 4, 4), 2), create_graph=False)
    two = GradientPenalty.penalty(norms, target=target, side="two-sided").item()
    one = GradientPenalty.penalty(norms, target=target, side="one-sided").item()
    assert two == pytest.approx((scale - target) ** 2, rel=1e-9, abs=1e-12)
    assert one == pytest.approx(max(0.0, scale - target) ** 2, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_quadratic_critic_has_gradient_a_x(shape: tuple[int, ...]) -> None:
    # D(x) = a ||x||^2 / 2, so the norm is a ||x|| over all dimensions of a sample, never one per pixel.
    points = batch(shape, 4)
    norms = gradient_norms(lambda x: 0.7 * x.flatten(1).square().sum(1) / 2, points, create_graph=False)
    torch.testing.assert_close(norms, 0.7 * points.flatten(1).norm(dim=1), rtol=1e-14, atol=0)


@given(st.sampled_from(SHAPES), st.integers(0, 2**31))
@settings(max_examples=30)
def test_each_sample_has_an_eps_of_its_own(shape: tuple[int, ...], seed: int) -> None:
    real, fake = batch(shape, 5), batch(shape, 6)
    eps = draw_eps(real, stream(seed))
    assert eps.shape == (6,) + (1,) * len(shape)
    assert len(set(eps.flatten().tolist())) == 6
    assert ((eps >= 0) & (eps < 1)).all()
    between = interpolate(real, fake, eps)
    for i in range(6):  # every interpolate lies on its own segment, at its own eps in all dimensions
        at = ((between[i] - fake[i]) / (real[i] - fake[i])).flatten()
        torch.testing.assert_close(at, eps[i].flatten().expand_as(at), rtol=1e-7, atol=1e-7)


def test_interpolates_end_at_real_and_fake() -> None:
    real, fake = batch((1, 4, 4), 7), batch((1, 4, 4), 8)
    assert torch.equal(interpolate(real, fake, torch.zeros(6, 1, 1, 1, dtype=F64)), fake)
    torch.testing.assert_close(interpolate(real, fake, torch.ones(6, 1, 1, 1, dtype=F64)), real)


def test_parameter_gradient_of_the_penalty_by_finite_differences() -> None:
    torch.manual_seed(0)
    critic = nn.Sequential(
        nn.Flatten(), nn.Linear(12, 7), nn.Tanh(), nn.Linear(7, 5), nn.Softplus(), nn.Linear(5, 1)
    ).double()
    points = batch((3, 2, 2), 9)

    def penalty() -> Tensor:
        return GradientPenalty.penalty(
            gradient_norms(lambda x: critic(x).squeeze(1), points, create_graph=True),
            target=1.0,
            side="two-sided",
        )

    gradients = torch.autograd.grad(penalty(), list(critic.parameters()), allow_unused=True)
    step = 1e-6
    for parameter, gradient in zip(critic.parameters(), gradients, strict=True):
        flat = parameter.data.view(-1)
        for i in range(0, len(flat), max(1, len(flat) // 5)):
            kept = flat[i].item()
            flat[i] = kept + step
            above = penalty().item()
            flat[i] = kept - step
            below = penalty().item()
            flat[i] = kept
            exact = 0.0 if gradient is None else gradient.view(-1)[i].item()
            assert (above - below) / (2 * step) == pytest.approx(exact, rel=1e-6, abs=1e-8)


def test_zero_gradient_gives_no_nan() -> None:
    critic = nn.Linear(4, 1).double()
    nn.init.zeros_(critic.weight)
    norms = gradient_norms(lambda x: critic(x).squeeze(1), batch((4,), 10), create_graph=True)
    assert torch.equal(norms, torch.zeros(6, dtype=F64))
    GradientPenalty.penalty(norms, target=1.0, side="two-sided").backward()
    assert critic.weight.grad is not None
    assert torch.isfinite(critic.weight.grad).all()


def test_norms_ask_nothing_of_the_caller() -> None:
    points = batch((4,), 11)
    critic = nn.Linear(4, 1).double()
    gradient_norms(lambda x: critic(x).squeeze(1), points, create_graph=False)
    assert not points.requires_grad
    assert critic.weight.grad is None


def test_the_optimal_critic_of_two_shifted_points_reads_their_distance() -> None:
    # D(x) = -x is 1-Lipschitz and optimal for real at 0 and generated at 3: its estimate is W1 = 3, its
    # penalty 0.
    real, fake = torch.zeros(6, 1, dtype=F64), torch.full((6, 1), 3.0, dtype=F64)
    critic = lambda x: -x.squeeze(1)  # noqa: E731
    norms = gradient_norms(critic, interpolate(real, fake, draw_eps(real, stream())), create_graph=False)
    assert GradientPenalty.penalty(norms, target=1.0, side="two-sided").item() == 0
    assert (critic(real).mean() - critic(fake).mean()).item() == 3.0


@given(
    weight=st.floats(0.1, 20),
    target=st.floats(0.1, 2),
    side=st.sampled_from(["two-sided", "one-sided"]),
    every=st.integers(1, 4),
    seed=st.integers(0, 2**31),
)
def test_the_derivative_that_is_written_out_is_the_librarys(
    weight: float, target: float, side: str, every: int, seed: int
) -> None:
    gradients = batch((6,), seed).float()
    gradients[2] = 0  # a gradient without direction
    told = weight, target, side == "one-sided", float(every)
    penalty, norms, back = in_one_call(GradientPenalty.derived)(gradients, *told)
    points = gradients.requires_grad_()
    lengths = torch.linalg.vector_norm(points.flatten(1), dim=1)
    expected = weight * GradientPenalty.penalty(lengths, target=target, side=side)
    (by_points,) = torch.autograd.grad(every * expected, points)
    assert torch.equal(penalty, expected)
    assert torch.equal(norms, lengths)
    assert torch.equal(back, by_points)
    assert back.shape == gradients.shape
