"""Sliced Wasserstein distance and structural similarity against closed forms and definitions."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from torch.nn.functional import avg_pool2d

from ganstudio.metrics.sliced import directions, laplacian_pyramid, patch_distances, sliced_wasserstein
from ganstudio.metrics.structural import WEIGHTS, diversity, ms_ssim, scales_of


def _random(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_on_a_line_the_distance_joins_equal_ranks():
    a, b = torch.tensor([[3.0], [0.0], [1.0]]), torch.tensor([[4.0], [1.5], [0.0]])
    # 0-0, 1-1.5, 3-4
    assert sliced_wasserstein(a, b, torch.ones(1, 1)) == pytest.approx(0.5, rel=1e-6)


def test_a_shift_reads_as_its_projected_length():
    """E|u.s| over directions u in the plane is 2 |s| / pi."""
    a = torch.randn(50, 2, dtype=torch.float64, generator=_random())
    shift = torch.tensor([3.0, 4.0], dtype=torch.float64)
    found = sliced_wasserstein(a, a + shift, directions(2, 200_000, _random(1)).double())
    assert found == pytest.approx(2 * 5 / np.pi, rel=5e-3)
    assert (
        sliced_wasserstein(
            a, a[torch.randperm(50, generator=_random(2))], directions(2, 9, _random()).double()
        )
        == 0
    )


def test_directions_have_length_one():
    assert torch.allclose(directions(147, 32, _random()).norm(dim=0), torch.ones(32))


@pytest.mark.parametrize(("side", "sides"), [(8, [8]), (28, [28]), (32, [32, 16]), (64, [64, 32, 16])])
def test_pyramid_goes_down_to_sixteen_pixels(side: int, sides: list[int]):
    levels = laplacian_pyramid(torch.rand(2, 3, side, side, generator=_random()))
    assert [level.shape[-1] for level in levels] == sides


def test_a_plain_image_has_no_detail():
    levels = laplacian_pyramid(torch.full((1, 1, 64, 64), 0.5, dtype=torch.float64))
    inner = [level[..., 4:-4, 4:-4] for level in levels[:-1]]
    assert all(level.abs().max() < 1e-12 for level in inner)
    assert torch.allclose(levels[-1], torch.tensor(0.5, dtype=torch.float64))


def test_blurring_shows_at_the_finest_level_first():
    images = torch.rand(64, 1, 32, 32, generator=_random()) * 2 - 1
    smooth = torch.nn.functional.interpolate(images, size=16, mode="bilinear")
    sharp = smooth.repeat_interleave(2, 2).repeat_interleave(2, 3)  # blocks: edges at the finest level only
    soft = torch.nn.functional.interpolate(smooth, size=32, mode="bilinear")
    found = patch_distances(sharp, soft, _random(3), projections=64)
    same = patch_distances(sharp, sharp.flip(0), _random(3), projections=64)
    assert found[32] > 3 * same[32]
    assert list(found) == [32, 16]


def test_sets_of_unequal_size_are_refused():
    with pytest.raises(ValueError, match="equally many"):
        sliced_wasserstein(torch.zeros(2, 1), torch.zeros(3, 1), torch.ones(1, 1))
    with pytest.raises(ValueError, match="7 pixels"):
        patch_distances(torch.zeros(2, 1, 6, 6), torch.zeros(2, 1, 6, 6), _random())


def _by_definition(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Similarity and contrast of one scale by the formulas, with another's Gaussian filter."""

    def blurred(x: np.ndarray) -> np.ndarray:
        return gaussian_filter(x, 1.5, radius=5)[5:-5, 5:-5]

    c1, c2 = (0.01 * 2) ** 2, (0.03 * 2) ** 2
    similarity, contrast = [], []
    for x, y in zip(a, b, strict=True):
        mean_x, mean_y = blurred(x), blurred(y)
        within = blurred(x * x) - mean_x**2 + blurred(y * y) - mean_y**2
        structure = (2 * (blurred(x * y) - mean_x * mean_y) + c2) / (within + c2)
        contrast.append(structure.mean())
        similarity.append((structure * (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)).mean())
    return float(np.mean(similarity)), float(np.mean(contrast))


def test_similarity_is_the_product_over_scales():
    a = torch.rand(2, 3, 192, 192, dtype=torch.float64, generator=_random(1)) * 2 - 1
    b = (a + 0.3 * torch.randn(a.shape, dtype=torch.float64, generator=_random(2))).clamp(-1, 1)
    expected = np.ones(2)
    first, second = a, b
    for scale, weight in enumerate(WEIGHTS):
        parts = [_by_definition(x.numpy(), y.numpy()) for x, y in zip(first, second, strict=True)]
        expected *= np.array([part[0 if scale == 4 else 1] for part in parts]) ** (weight / sum(WEIGHTS))
        first, second = avg_pool2d(first, 2), avg_pool2d(second, 2)
    assert ms_ssim(a, b).numpy() == pytest.approx(expected, rel=1e-9)


def test_equal_images_are_wholly_similar_at_any_size():
    for side in (2, 8, 28, 200):
        image = torch.rand(1, 1, side, side, dtype=torch.float64, generator=_random())
        assert ms_ssim(image, image).item() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize(("side", "count"), [(8, 1), (21, 1), (22, 2), (64, 3), (176, 5), (512, 5)])
def test_small_images_have_fewer_scales(side: int, count: int):
    assert scales_of(side) == count


def test_diversity_tells_collapse_from_variety():
    varied = torch.rand(40, 1, 28, 28, generator=_random()) * 2 - 1
    collapsed = varied[:1].expand(40, -1, -1, -1) + 0.01 * varied
    assert diversity(collapsed, 100, _random()) > 0.95
    assert diversity(varied, 100, _random()) < 0.3
    with pytest.raises(ValueError, match="two images"):
        diversity(varied[:1], 10, _random())
