"""Holding data out: by share and seed, classes in proportion, nothing lost and nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganstudio.data import held_out
from ganstudio.data.dataset import Dataset, silent


def numbered(count: int, labels: Any = None) -> Dataset:
    return Dataset("numbers", np.arange(2 * count, dtype=np.float32).reshape(count, 2), labels)


@given(count=st.integers(1, 200), share=st.floats(0, 0.5), seed=st.integers(0, 2**32))
@settings(deadline=None)
def test_both_parts_together_are_the_whole(count: int, share: float, seed: int) -> None:
    whole = numbered(count)
    rest, held = held_out.split(whole, share, seed)
    parts = [rest.array] if held is None else [rest.array, held.array]
    assert len(parts[-1]) == round(share * count) or held is None
    assert (held is None) == (round(share * count) == 0)
    joined = np.concatenate(parts)
    np.testing.assert_array_equal(joined[np.argsort(joined[:, 0])], whole.array)
    assert all((np.diff(part[:, 0]) > 0).all() for part in parts)  # in the order of the data


def test_classes_keep_their_proportions_and_samples_their_labels() -> None:
    labels = np.repeat(np.arange(4), [400, 300, 200, 100]).astype(np.int64)
    whole = numbered(1000, labels)
    rest, held = held_out.split(whole, 0.1, 0)
    assert held is not None
    assert held.labels is not None
    assert rest.labels is not None
    assert np.bincount(held.labels).tolist() == [40, 30, 20, 10]
    for part in (rest, held):
        np.testing.assert_array_equal(part.labels, labels[(part.array[:, 0] / 2).astype(int)])


def test_the_split_is_the_seeds() -> None:
    one, same, other = (held_out.split(numbered(100), 0.2, seed)[1] for seed in (1, 1, 2))
    assert one is not None
    assert same is not None
    assert other is not None
    assert np.array_equal(one.array, same.array)
    assert not np.array_equal(one.array, other.array)


def test_nothing_is_held_out_by_default(ask: Callable[..., Any]) -> None:
    for source in ("ring", "digits"):
        dataset, held = held_out.load(ask(source=source), 0, silent)
        assert held is None
        assert len(dataset) == (2000 if source == "ring" else 1797)


def test_a_distribution_gives_fresh_points_and_keeps_all_of_its_own(ask: Callable[..., Any]) -> None:
    alone, _ = held_out.load(ask(source="grid"), 3, silent)
    dataset, held = held_out.load(ask(source="grid", held_out=0.1), 3, silent)
    assert held is not None
    assert held.labels is not None
    np.testing.assert_array_equal(dataset.array, alone.array)
    assert len(held) == len(held.labels) == 200
    assert not set(map(tuple, held.array)) & set(map(tuple, dataset.array))
    nearest = np.linalg.norm(held.modes.centres[held.labels] - held.array, axis=1)  # type: ignore[union-attr]
    assert nearest.max() < 6 * 0.05


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_digits_give_away_their_share(ask: Callable[..., Any], share: float) -> None:
    dataset, held = held_out.load(ask(source="digits", held_out=share), 0, silent)
    assert held is not None
    assert held.labels is not None
    assert (len(dataset), len(held)) == (1797 - round(share * 1797), round(share * 1797))
    assert abs(np.bincount(held.labels) - share * 180).max() < 4
    assert held.array.dtype == np.uint8


def test_wide_images_and_mirroring_are_kept_by_both_parts() -> None:
    wide = np.arange(20 * 36, dtype=np.uint8).reshape(20, 1, 6, 6)
    whole = Dataset("x", wide[:, :, 1:-1, 1:-1], wide=wide, mirror=True)
    training, held = held_out.split(whole, 0.25, 0)
    assert held is not None
    for part, count in ((training, 15), (held, 5)):
        assert part.wide is not None
        assert part.wide.shape == (count, 1, 6, 6)
        assert np.array_equal(part.array, part.wide[:, :, 1:-1, 1:-1])
        assert part.mirror
