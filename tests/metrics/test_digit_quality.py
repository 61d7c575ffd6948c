import numpy as np
import pytest
from sklearn.datasets import load_digits

from ganstudio.metrics.digit_quality import digit_quality


@pytest.fixture(scope="module")
def real():
    return (load_digits().images / 8 - 1)[:, None]


def test_noisy_real_digits_are_nearly_real(real):
    noise = np.random.default_rng(0).normal(0, 0.1, real[:600].shape)
    quality = digit_quality(real[:600] + noise)
    assert quality.nearest_ratio < 1
    assert quality.classes_present() == 10
    assert quality.class_shares.sum() == pytest.approx(1)
    assert quality.diversity_ratio == pytest.approx(1, abs=0.05)


def test_copies_of_the_reference_have_distance_zero(real):
    order = np.random.default_rng(3).permutation(len(real))
    assert digit_quality(real[order[400:500]], seed=3).nearest_ratio == 0
    assert digit_quality(real[order[:400]], seed=3).nearest_ratio == pytest.approx(1)


def test_noise_is_far_from_digits(real):
    assert digit_quality(np.random.default_rng(0).uniform(-1, 1, (200, 1, 8, 8))).nearest_ratio > 2


def test_collapse_shows_in_classes_and_diversity(real):
    quality = digit_quality(np.repeat(real[:1], 100, axis=0))
    assert quality.classes_present() == 1
    assert quality.class_shares[0] == 1
    assert quality.diversity_ratio == 0


def test_a_class_needs_its_share(real):
    digits = load_digits()
    samples = np.concatenate([real[digits.target == 3][:99], real[digits.target == 0][:1]])
    quality = digit_quality(samples)
    assert quality.classes_present(0.01) == 2
    assert quality.classes_present(0.02) == 1


@pytest.mark.parametrize("shape", [(5, 3, 8, 8), (5, 1, 16, 16), (1, 1, 8, 8)])
def test_other_shapes_are_a_fault(shape):
    with pytest.raises(ValueError, match=r"\(N, 1, 8, 8\)"):
        digit_quality(np.zeros(shape))
