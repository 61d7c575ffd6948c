"""Looking around among the latents: walks, directions, scores and neighbours in closed form."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganstudio.data.dataset import Dataset
from ganstudio.engine.explorer import Explorer, find_nearest, latent_path
from tests.engine.helpers import BIGGAN, CONDITIONAL, DCGAN, run, trainer


def test_a_linear_walk_is_straight_and_a_spherical_one_keeps_the_distance() -> None:
    a, b = np.array([3.0, 0.0], np.float32), np.array([0.0, 3.0], np.float32)
    shares = [0.0, 0.25, 0.5, 1.0]
    np.testing.assert_allclose(
        latent_path(a, b, shares, spherical=False), [[3, 0], [2.25, 0.75], [1.5, 1.5], [0, 3]], atol=1e-6
    )
    walk = latent_path(a, b, shares, spherical=True)
    np.testing.assert_allclose(np.linalg.norm(walk, axis=1), 3.0, rtol=1e-6)
    angles = np.degrees(np.arctan2(walk[:, 1], walk[:, 0]))
    np.testing.assert_allclose(angles, [0, 22.5, 45, 90], atol=1e-4)


@pytest.mark.parametrize("end", [[2.0, 0.0], [-1.0, 0.0], [0.0, 0.0]])
def test_where_no_angle_is_between_them_the_walk_is_straight(end: list[float]) -> None:
    a, b = np.array([1.0, 0.0], np.float32), np.array(end, np.float32)
    straight = latent_path(a, b, [0.3], spherical=False)
    np.testing.assert_allclose(latent_path(a, b, [0.3], spherical=True), straight, atol=1e-6)


@pytest.mark.parametrize("values", [{}, DCGAN, {**DCGAN, **CONDITIONAL}, BIGGAN, {"ema.decay": 0.9}])
def test_samples_are_those_that_training_shows(values: dict[str, object]) -> None:
    t = trainer(values)
    shown = [event for event in run(t, 2) if type(event).__name__ == "Samples"][-1].generated  # type: ignore[attr-defined]
    explorer = Explorer(t.snapshot())
    for i in (0, len(explorer.fixed) - 1):
        label = None if explorer.fixed_labels is None else int(explorer.fixed_labels[i])
        view = explorer.show(explorer.fixed[i : i + 1], label)
        np.testing.assert_allclose(view.samples[0], shown[i], atol=1e-5)
        t.players.critic.eval()
        labels = None if label is None else torch.tensor([label])
        with torch.no_grad():
            score = t.players.critic(torch.from_numpy(view.samples), labels)
        assert view.scores[0] == pytest.approx(float(score), abs=1e-5)
    directions = explorer.directions(3)
    np.testing.assert_allclose(directions @ directions.T, np.eye(len(directions)), atol=1e-5)


def test_directions_are_the_right_singular_vectors_of_the_first_layer() -> None:
    t = trainer({"latent.dimension": 3})
    weights = np.diag([1.0, 5.0, 2.0]) @ np.eye(3)
    with torch.no_grad():
        layer = t.players.generator.hidden[0]  # type: ignore[index,union-attr]
        layer.weight.zero_()
        layer.weight[:3] = torch.from_numpy(weights)
    directions = np.abs(Explorer(t.snapshot()).directions(3))
    np.testing.assert_allclose(directions, np.eye(3)[[1, 2, 0]], atol=1e-6)


def test_the_nearest_training_sample_is_found_in_all_parts() -> None:
    points = np.zeros((5000, 2), np.float32)
    points[4321] = (3.0, 4.0)
    found = find_nearest(np.array([3.0, 4.5], np.float32), Dataset("points", points))
    np.testing.assert_array_equal(found.sample, [3.0, 4.0])
    assert found.distance == pytest.approx(0.5)
    images = np.zeros((3, 1, 2, 2), np.uint8)
    images[1] = 255
    near = find_nearest(np.full((1, 2, 2), 0.9, np.float32), Dataset("images", images))
    assert near.distance == pytest.approx(0.2, abs=1e-5)
    assert near.sample.min() == 1.0


def test_looking_leaves_the_snapshot_as_it_was() -> None:
    t = trainer()
    snapshot = t.snapshot()
    before = {name: array.copy() for name, array in snapshot.tensors["generator"].items()}
    Explorer(snapshot).show(snapshot.tensors["random"]["fixed_latents"][:4])
    for name, array in snapshot.tensors["generator"].items():
        np.testing.assert_array_equal(array, before[name])
