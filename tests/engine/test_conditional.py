"""Training with classes: which labels go where, what is shown, and that it works."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from engine.helpers import BIGGAN, CLASSIC, CONDITIONAL, DCGAN, RESNET, only, run, tiny, trainer
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor, nn

from ganstudio.data.dataset import Dataset
from ganstudio.engine.build import build_generator, draw_truncated_latents
from ganstudio.engine.classes import row_labels
from ganstudio.engine.events import Samples, Snapshot, Started
from ganstudio.engine.sampling import sample
from ganstudio.engine.step import critic_step, generator_step
from ganstudio.engine.trainer import Trainer
from ganstudio.errors import UserError

CPU = torch.device("cpu")


def recorded(network: nn.Module) -> list[tuple[Tensor, Tensor]]:
    """Samples or latents and labels of every call of a network from now on."""
    seen: list[tuple[Tensor, Tensor]] = []
    network.register_forward_pre_hook(lambda _, inputs: seen.append((inputs[0].detach(), inputs[1])))
    return seen


def nearest_modes(points: Tensor) -> Tensor:
    angle = 2 * torch.pi * torch.arange(8) / 8
    return torch.cdist(points, torch.stack((angle.cos(), angle.sin()), dim=1)).argmin(1)


@pytest.mark.parametrize("values", [{}, {"critic.norm": "batch", **CLASSIC}], ids=["one pass", "two passes"])
def test_every_real_sample_keeps_its_label_and_the_fakes_share_the_labels(values: dict[str, Any]) -> None:
    players = trainer({**CONDITIONAL, **values, "data.std": 0.01}).players
    to_critic, to_generator = recorded(players.critic), recorded(players.generator)
    for _ in range(40):  # 640 samples: more than an epoch, with a batch across its border
        to_critic.clear()
        to_generator.clear()
        step = critic_step(players)
        assert step.labels is not None
        # The ring's labels are the modes at which the points lie: each sample has its own.
        assert torch.equal(nearest_modes(step.real), step.labels)
        ((_, asked),) = to_generator
        assert torch.equal(asked, step.labels)
        together = torch.cat([labels for _, labels in to_critic[: 2 if values else 1]])
        assert torch.equal(together, torch.cat((step.labels, step.labels)))
        samples = torch.cat([x for x, _ in to_critic[: 2 if values else 1]])
        assert torch.equal(samples, torch.cat((step.real, step.fake)))
        if not values:  # at the interpolates, whose two ends are of one class
            assert torch.equal(to_critic[1][1], step.labels)


def test_the_generator_is_scored_for_the_classes_that_it_was_asked_for() -> None:
    players = trainer(CONDITIONAL).players
    to_critic, to_generator = recorded(players.critic), recorded(players.generator)
    asked: list[Tensor] = []
    for _ in range(60):
        generator_step(players)
        assert torch.equal(to_critic[-1][1], to_generator[-1][1])
        asked.append(to_generator[-1][1])
    assert not torch.equal(asked[0], asked[1])
    shares = torch.bincount(torch.cat(asked), minlength=8) / 960
    assert shares.min() > 0.08  # all eight classes, as in the data
    assert shares.max() < 0.17


def test_labels_are_as_frequent_as_in_the_data() -> None:
    labels = np.array([0] * 900 + [1] * 100)
    data = Dataset("ring", np.zeros((1000, 2), np.float32), labels=labels, class_names=("often", "seldom"))
    players = trainer({**CONDITIONAL, "schedule.batch_size": 5000}, dataset=data).players
    drawn = players.draw_labels()
    assert drawn is not None
    assert drawn.float().mean().item() == pytest.approx(0.1, abs=0.015)


def test_a_network_that_is_told_nothing_gets_no_labels() -> None:
    players = trainer().players
    assert players.loader.next_batch().labels is None
    before = players.labels.get_state()
    assert players.draw_labels() is None
    assert torch.equal(players.labels.get_state(), before)
    assert trainer({"data.source": "swissroll", "conditioning.kind": "class"}).class_names == ()


@given(count=st.integers(1, 200), classes=st.integers(1, 12))
def test_every_row_of_the_grid_shows_one_class(count: int, classes: int) -> None:
    labels = row_labels(count, classes)
    assert labels is not None
    columns = next(n for n in range(1, 20) if n * n >= count)  # of the near-square grid that is shown
    for row, start in enumerate(range(0, count, columns)):
        assert set(labels[start : start + columns].tolist()) == {row % classes}


def test_the_grids_show_the_same_classes_and_going_on_keeps_them() -> None:
    t = trainer({**CONDITIONAL, "data.std": 0.01, "probes.point_count": 64})
    seen = recorded(t.players.generator)
    events = run(t, 1)
    started, first = only(events, Started)[0], only(events, Samples)[0]
    assert first.generated.shape == (64, 2)
    expected = torch.arange(64) // 8
    assert torch.equal(nearest_modes(torch.from_numpy(started.real)), expected)
    assert torch.equal(seen[0][1], expected)
    again = Trainer(t.experiment, device="cpu", threads=1, snapshot=t.snapshot())
    assert np.array_equal(again.observer.samples(1).generated, t.observer.samples(1).generated)


def test_data_that_cannot_be_conditioned_on_are_refused_in_words() -> None:
    points = np.zeros((20, 2), np.float32)
    with pytest.raises(UserError, match="no classes to train on; switch conditioning off"):
        trainer(CONDITIONAL, dataset=Dataset("ring", points))
    missing = Dataset("ring", points, labels=np.zeros(20, np.int64), class_names=("a", "b"))
    with pytest.raises(UserError, match="None of the 20 samples used is of the class 'b'"):
        trainer(CONDITIONAL, dataset=missing)


@pytest.fixture(scope="module")
def learned() -> Snapshot:
    """A conditional WGAN-GP on the ring, trained for some seconds."""
    t = trainer(
        {
            **CONDITIONAL,
            "generator.width": 64,
            "critic.width": 64,
            "schedule.batch_size": 64,
            "generator.embedding": 8,
            "generator_optimizer.learning_rate": 0.002,
            "critic_optimizer.learning_rate": 0.002,
            "lipschitz.weight": 1.0,
            "schedule.n_critic": 3,
        }
    )
    run(t, 500)
    return t.snapshot()


@pytest.mark.slow
def test_a_conditional_gan_learns_to_put_each_class_on_its_mode(learned: Snapshot) -> None:
    for k in range(8):
        points = sample(learned, count=200, seed=k, label=f"mode {k + 1}")
        at_mode = (nearest_modes(torch.from_numpy(points)) == k).float().mean().item()
        assert at_mode > 0.9, f"class {k}: {at_mode}"


@pytest.mark.parametrize("values", [CONDITIONAL, RESNET, BIGGAN])
def test_samples_of_a_class_can_be_asked_for(values: dict[str, Any]) -> None:
    t = trainer(values)
    run(t, 1)
    snapshot = t.snapshot()
    names = snapshot.numbers["class_names"]
    rows = sample(snapshot, count=9, seed=3)
    labels = row_labels(9, len(names))
    assert labels is not None
    for k in range(3):
        of_class = sample(snapshot, count=9, seed=3, label=names[k])
        np.testing.assert_allclose(of_class[labels == k], rows[labels == k], rtol=1e-4, atol=1e-5)
    assert not np.allclose(sample(snapshot, count=9, seed=3, label=names[0]), of_class)
    with pytest.raises(UserError, match="no class 'cat'; there are "):
        sample(snapshot, count=1, seed=0, label="cat")


def test_a_class_of_a_generator_without_classes_is_refused() -> None:
    with pytest.raises(UserError, match="knows no classes"):
        sample(trainer().snapshot(), count=1, seed=0, label="1")


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
@given(truncation=st.floats(0.05, 3), seed=st.integers(0, 2**31))
def test_truncated_latents_lie_within_and_the_others_are_kept(
    distribution: str, truncation: float, seed: int
) -> None:
    experiment = tiny(**{"latent.distribution": distribution, "latent.dimension": 7})
    z = draw_truncated_latents(experiment, 11, torch.Generator().manual_seed(seed), CPU, truncation)
    plain = draw_truncated_latents(experiment, 11, torch.Generator().manual_seed(seed), CPU, float("inf"))
    assert z.shape == (11, 7)
    assert z.abs().max() <= truncation
    kept = plain.abs() <= truncation
    assert torch.equal(z[kept], plain[kept])  # only what lies outside is drawn again


def test_truncation_changes_samples_and_is_refused_where_it_cannot_be() -> None:
    snapshot = trainer().snapshot()
    whole = sample(snapshot, count=50, seed=1)
    near = sample(snapshot, count=50, seed=1, truncation=0.1)
    assert near.std(0).max() < whole.std(0).min()
    assert np.array_equal(near, sample(snapshot, count=50, seed=1, truncation=0.1))
    for truncation in (0.0, -1.0, 0.001, float("nan")):
        with pytest.raises(UserError, match=r"at least 0\.01"):
            sample(snapshot, count=1, seed=0, truncation=truncation)


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_the_reference_batch_is_drawn_from_the_latents(distribution: str) -> None:
    values = {
        "generator.norm": "virtual-batch",
        "latent.distribution": distribution,
        "latent.dimension": 64,
        "generator.reference_size": 200,
    }
    latents = build_generator(tiny(**values), (2,)).state_dict()["input.reference_latents"]
    assert latents.shape == (200, 64)
    assert latents.std().item() == pytest.approx({"normal": 1.0, "uniform": 3**-0.5}[distribution], rel=0.02)
    t = trainer({**values, **DCGAN, "generator.norm": "virtual-batch", "generator.reference_size": 5})
    before = t.snapshot().tensors["generator"]["input.reference_latents"]
    run(t, 3)
    assert np.array_equal(t.snapshot().tensors["generator"]["input.reference_latents"], before)


def test_sub_folders_are_classes_and_a_flat_folder_has_none(tmp_path: Path) -> None:
    for name, grey in (("dark", 20), ("light", 230)):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for i in range(6):
            Image.new("L", (9, 9), grey + i).save(tmp_path / "pictures" / name / f"{i}.png")
    values = {**DCGAN, "data.source": "folder", "data.limit": 0, "conditioning.kind": "class"}
    t = trainer({**values, "data.path": str(tmp_path / "pictures")})
    assert t.class_names == ("dark", "light")
    real, labels = t.players.loader.next_batch()
    assert labels is not None
    assert torch.equal(labels, (real.mean(dim=(1, 2, 3)) > 0).long())
    with pytest.raises(UserError, match="has no classes to train on; switch conditioning off"):
        trainer({**values, "data.path": str(tmp_path / "pictures" / "dark")})
