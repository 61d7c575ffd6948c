"""Distances between features against closed forms and against an established implementation."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import NearestNeighbors

from ganstudio import vision
from ganstudio.metrics.frechet import Gaussian, frechet_distance, gaussian_of
from ganstudio.metrics.inception_score import inception_score
from ganstudio.metrics.kernel_distance import kernel_distance, squared_mmd
from ganstudio.metrics.neighbourhoods import neighbourhoods

vision.has_native_library()  # torchmetrics imports torchvision, which needs this first
from torchmetrics.image.fid import FrechetInceptionDistance  # noqa: E402
from torchmetrics.image.inception import InceptionScore  # noqa: E402
from torchmetrics.image.kid import KernelInceptionDistance  # noqa: E402

# It warns of the memory that large data would take.
BUFFERED = pytest.mark.filterwarnings("ignore:Metric .* will save all extracted features:UserWarning")
RANDOM = np.random.default_rng(7)


class AsFeatures(torch.nn.Module):
    """Hands given features through: only the distance is under test."""

    num_features = 12

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x


def _two_sets(count: int = 300) -> tuple[np.ndarray, np.ndarray]:
    mixing = RANDOM.normal(size=(12, 12))
    return RANDOM.normal(size=(count, 12)) @ mixing, RANDOM.normal(0.3, 1.4, (count, 12))


def test_frechet_distance_of_diagonal_gaussians():
    first = Gaussian(np.array([1.0, 2.0]), np.diag([4.0, 9.0]), 10)
    second = Gaussian(np.array([0.0, 4.0]), np.diag([1.0, 16.0]), 10)
    # Of the means 5, of the spreads 1 + 1.
    assert frechet_distance(first, second) == pytest.approx(7.0, rel=1e-12)
    assert frechet_distance(second, first) == pytest.approx(7.0, rel=1e-12)


def test_frechet_distance_of_singular_covariances():
    line = Gaussian(np.zeros(2), np.array([[1.0, 0.0], [0.0, 0.0]]), 10)
    other = Gaussian(np.zeros(2), np.array([[0.0, 0.0], [0.0, 1.0]]), 10)
    assert frechet_distance(line, other) == pytest.approx(2.0, rel=1e-12)
    assert frechet_distance(line, line) == pytest.approx(0.0, abs=1e-12)


def test_frechet_distance_agrees_with_an_established_implementation():
    real, fake = _two_sets()
    oracle = FrechetInceptionDistance(feature=AsFeatures(), normalize=True)
    oracle.set_dtype(torch.float64)
    oracle.used_custom_model = True
    for features, is_real in ((real, True), (fake, False)):
        oracle.update(torch.from_numpy(features), real=is_real)
    found = frechet_distance(gaussian_of(real), gaussian_of(fake))
    assert found == pytest.approx(float(oracle.compute()), rel=1e-6)
    assert found > 1


def test_a_covariance_needs_two_samples():
    with pytest.raises(ValueError, match="two"):
        gaussian_of(np.zeros((1, 3)))


@BUFFERED
def test_kernel_distance_agrees_with_an_established_implementation():
    real, fake = _two_sets()
    oracle = KernelInceptionDistance(feature=AsFeatures(), subsets=1, subset_size=300, normalize=True)
    oracle.set_dtype(torch.float64)
    for features, is_real in ((real, True), (fake, False)):
        oracle.update(torch.from_numpy(features), real=is_real)
    mean, spread = kernel_distance(real, fake, np.random.default_rng(1), subsets=1, subset_size=300)
    assert mean == pytest.approx(float(oracle.compute()[0]), rel=1e-6)
    assert spread == 0


def test_kernel_distance_is_unbiased():
    """Small sets of one distribution read 0 on average; counting the diagonal would read well above it."""
    random = np.random.default_rng(3)
    values = [squared_mmd(random.normal(size=(8, 4)), random.normal(size=(8, 4))) for _ in range(4000)]
    error = np.std(values) / np.sqrt(len(values))
    assert abs(np.mean(values)) < 4 * error
    assert error < 0.05


def test_kernel_distance_by_hand():
    a, b = np.array([[1.0], [2.0]]), np.array([[0.0], [1.0]])
    # k(x, y) = (xy + 1)^3: 27 within a, 1 within b, 1, 8, 1, 27 across
    assert squared_mmd(a, b) == pytest.approx(27 + 1 - 2 * 37 / 4, rel=1e-12)


@BUFFERED
@pytest.mark.filterwarnings("ignore:std:UserWarning")  # of the one split
def test_inception_score_agrees_with_an_established_implementation():
    logits = RANDOM.normal(0, 2, (200, 12))
    oracle = InceptionScore(feature=AsFeatures(), splits=1, normalize=False)
    oracle.set_dtype(torch.float64)
    oracle.update(torch.from_numpy(logits))
    probabilities = torch.from_numpy(logits).softmax(1).numpy()
    assert inception_score(probabilities, 1)[0] == pytest.approx(float(oracle.compute()[0]), rel=1e-6)


def test_inception_score_lies_between_one_and_the_number_of_classes():
    sure = np.eye(5)[np.arange(50) % 5]
    assert inception_score(sure, 1)[0] == pytest.approx(5.0, rel=1e-12)
    assert inception_score(np.full((50, 5), 0.2), 5) == pytest.approx((1.0, 0.0), abs=1e-12)
    with pytest.raises(ValueError, match="split"):
        inception_score(sure, 51)


def _by_definition(real: np.ndarray, fake: np.ndarray, k: int) -> tuple[float, float, float, float]:
    """The four figures, loop by loop as the papers' sums are written."""

    def radius(points: np.ndarray, i: int) -> float:
        return sorted(np.linalg.norm(points[i] - p) for j, p in enumerate(points) if j != i)[k - 1]

    reals, fakes = range(len(real)), range(len(fake))
    of_real, of_fake = [radius(real, i) for i in reals], [radius(fake, j) for j in fakes]
    apart = [[np.linalg.norm(real[i] - fake[j]) for j in fakes] for i in reals]
    balls = [[apart[i][j] <= of_real[i] for i in reals] for j in fakes]
    return (
        np.mean([any(row) for row in balls]),
        np.mean([any(apart[i][j] <= of_fake[j] for j in fakes) for i in reals]),
        np.mean([sum(row) for row in balls]) / k,
        np.mean([min(apart[i]) <= of_real[i] for i in reals]),
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4), st.floats(0, 3))
def test_neighbourhoods_follow_their_definition(seed: int, k: int, shift: float):
    random = np.random.default_rng(seed)
    real, fake = random.normal(size=(12, 3)), random.normal(shift, 1, (9, 3))
    found = neighbourhoods(real, fake, k)
    assert (found.precision, found.recall, found.density, found.coverage) == pytest.approx(
        _by_definition(real, fake, k), rel=1e-12
    )


def test_neighbourhoods_agree_with_an_established_search():
    random = np.random.default_rng(11)
    real, fake = random.normal(size=(120, 4)), random.normal(0.8, 1.3, (100, 4))
    k = 5
    search = NearestNeighbors(n_neighbors=k + 1)
    of_real, of_fake = (search.fit(x).kneighbors(x)[0][:, k] for x in (real, fake))  # the first is itself
    apart = pairwise_distances(real, fake)
    found = neighbourhoods(real, fake, k)
    assert found.precision == pytest.approx((apart <= of_real[:, None]).any(axis=0).mean(), rel=1e-12)
    assert found.recall == pytest.approx((apart <= of_fake).any(axis=1).mean(), rel=1e-12)
    assert found.density == pytest.approx((apart <= of_real[:, None]).sum(axis=0).mean() / k, rel=1e-12)
    nearest = NearestNeighbors(n_neighbors=1).fit(fake).kneighbors(real)[0][:, 0]
    assert found.coverage == pytest.approx((nearest <= of_real).mean(), rel=1e-12)
    assert 0 < found.precision < 1
    assert 0 < found.recall < 1


def test_dropped_modes_cost_recall_and_bad_samples_precision():
    random = np.random.default_rng(5)
    both = np.concatenate([random.normal(0, 1, (200, 2)), random.normal(20, 1, (200, 2))])
    one = random.normal(0, 1, (200, 2))
    dropped = neighbourhoods(both, one)
    assert dropped.precision > 0.9
    assert dropped.recall < 0.55
    assert dropped.coverage < 0.55
    scattered = neighbourhoods(one, both)
    assert scattered.precision < 0.55
    assert scattered.recall > 0.9


def test_neighbourhoods_need_more_samples_than_neighbours():
    with pytest.raises(ValueError, match="5"):
        neighbourhoods(np.zeros((5, 2)), np.zeros((9, 2)), 5)
