"""Divergences on a grid against closed forms, and against the naive way, which is biased."""

import numpy as np
import pytest

from ganstudio.data.toy import ring_centres
from ganstudio.metrics.divergence import (
    CELLS,
    UNIFORM,
    Frame,
    blur_width,
    divergences,
    of_mixture,
    of_samples,
)
from ganstudio.metrics.points import PointFigures

STD = 0.05
RING = ring_centres()
PLACE = Frame(-1.6, 1.6, -1.6, 1.6)


def drawn(random, count, centres=RING, std=STD):
    return centres[random.integers(len(centres), size=count)] + std * random.standard_normal((count, 2))


def naive_kl(random, count):
    """KL(real || generated) of plain counts, over the cells that both have: what one must not do."""
    edges = np.linspace(-1.6, 1.6, CELLS + 1)
    p, q = (np.histogram2d(*drawn(random, count).T, bins=(edges, edges))[0] / count for _ in range(2))
    both = (p > 0) & (q > 0)
    return float(np.sum(p[both] * np.log(p[both] / q[both]))), bool(((p > 0) & (q == 0)).any())


@pytest.mark.parametrize("known", [True, False])
def test_a_perfect_generator_reads_about_zero_where_counting_does_not(known):
    random = np.random.default_rng(0)
    real = of_mixture(RING, STD, PLACE) if known else of_samples(drawn(random, 10_000), PLACE)
    found = np.array([divergences(real, of_samples(drawn(random, 4096), PLACE)) for _ in range(40)])
    assert np.abs(found.mean(axis=0)).max() < 0.0015
    assert np.abs(found).max() < 0.008
    naive = [naive_kl(random, 4096) for _ in range(10)]
    assert np.mean([value for value, _ in naive]) > 0.05  # thirty times as much
    assert all(is_infinite for _, is_infinite in naive)


def test_chance_is_taken_away_and_not_only_small():
    random = np.random.default_rng(1)
    real = of_mixture(RING, STD, PLACE)
    corrected, plain = [], []
    for _ in range(60):
        generated = of_samples(drawn(random, 500), PLACE)
        corrected.append(divergences(real, generated).js)
        silent = type(generated)(generated.shares, np.zeros_like(generated.variance))
        plain.append(divergences(real, silent).js)
    assert np.mean(plain) > 0.004
    assert abs(np.mean(corrected)) < 0.2 * np.mean(plain)


def test_half_of_the_modes_dropped_reads_as_the_formula_says():
    """KL(g || r) = ln 2; JS = (ln(4/3) + ln(2/3) / 2 + ln(2) / 2) / 2."""
    random = np.random.default_rng(2)
    found = divergences(of_mixture(RING, STD, PLACE), of_samples(drawn(random, 20_000, RING[:4]), PLACE))
    assert found.reverse == pytest.approx(np.log(2), abs=0.006)
    assert found.js == pytest.approx((np.log(4 / 3) + np.log(2 / 3) / 2 + np.log(2) / 2) / 2, abs=0.003)
    assert found.forward > 2.0  # without the uniform part it would be infinite


def test_a_moved_gaussian_reads_as_the_formula_says():
    """KL = |d|^2 / (2 s^2) either way, where s^2 = std^2 + blur^2, plus the width of a cell's twelfth."""
    random = np.random.default_rng(3)
    step = (PLACE.right - PLACE.left) / CELLS
    std, moved = 0.2, 0.1
    centre = np.zeros((1, 2))
    wide = std**2 + blur_width(PLACE) ** 2 + step**2 / 12
    generated = of_samples(drawn(random, 40_000, np.array([[moved, 0.0]]), std), PLACE)
    found = divergences(of_mixture(centre, std, PLACE), generated)
    expected = moved**2 / (2 * wide)
    assert found.reverse == pytest.approx(expected, rel=0.05)
    assert found.forward == pytest.approx(expected, rel=0.05)
    assert found.js == pytest.approx(expected / 4, rel=0.05)


def test_nothing_in_common_is_ln_2_and_finite():
    random = np.random.default_rng(4)
    far = np.full((1, 2), 40.0)  # outside the frame: counted at its border
    found = divergences(of_mixture(RING, STD, PLACE), of_samples(drawn(random, 1000, far), PLACE))
    assert found.js == pytest.approx(np.log(2), abs=0.01)
    assert np.isfinite(found).all()
    assert found.reverse < -np.log(UNIFORM / CELLS**2)


def test_shares_add_up_to_one():
    random = np.random.default_rng(5)
    for distribution in (of_mixture(RING, STD, PLACE), of_samples(drawn(random, 300), PLACE)):
        assert distribution.shares.sum() == pytest.approx(1.0, abs=1e-9)
        assert distribution.shares.min() > 0


def test_points_that_are_no_numbers_are_refused():
    with pytest.raises(ValueError, match="finite"):
        of_samples(np.full((5, 2), np.nan), PLACE)


def test_all_figures_of_points_with_the_floor_of_w1():
    random = np.random.default_rng(6)
    judge = PointFigures(drawn(random, 5000), RING, STD)
    good, facts = judge.evaluate(drawn(random, 4096))
    bad, _ = judge.evaluate(drawn(random, 4096, RING[:2]))
    assert good["modes_covered"] == 8
    assert bad["modes_covered"] == 2
    assert good["w1"] < 2 * good["w1_real"] < bad["w1"]
    assert good["w1_real"] == bad["w1_real"] == judge.floor
    assert abs(good["js"]) < 0.005 < bad["js"]
    assert facts["samples of W1"] == 256
    assert facts["generated samples"] == 4096


def test_without_modes_there_is_no_coverage_and_without_numbers_nothing():
    random = np.random.default_rng(7)
    judge = PointFigures(drawn(random, 600))
    figures, facts = judge.evaluate(drawn(random, 500))
    assert set(figures) == {"w1", "w1_real", "js", "kl_forward", "kl_reverse"}
    assert facts["real density"] == "estimated from 600 samples"
    assert judge.evaluate(np.full((500, 2), np.inf))[0] == {}
    with pytest.raises(ValueError, match="four"):
        PointFigures(np.zeros((3, 2)))
