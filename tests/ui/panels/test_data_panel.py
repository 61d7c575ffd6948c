"""The data set browser: a first look without decoding all, the critic's view, duplicates, odd files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from panel_events import experiment, started
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ganstudio.data.loader import BatchLoader
from ganstudio.engine.events import Samples
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.model import Experiment
from ganstudio.ui.jobs import Jobs
from ganstudio.ui.panels.data import DataPanel

ShowInFrame = Callable[[QWidget, int, int], None]


@pytest.fixture
def jobs(qtbot: QtBot) -> Jobs:
    return Jobs()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hundred noisy pictures in two classes; one there twice, one damaged."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    random = np.random.default_rng(0)
    for k in range(100):
        path = tmp_path / "data" / ("cats" if k < 30 else "dogs") / f"{k:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 256, (16, 16), dtype=np.uint8)).save(path)
    (tmp_path / "data" / "dogs" / "99.png").write_bytes((tmp_path / "data" / "cats" / "05.png").read_bytes())
    (tmp_path / "data" / "cats" / "bad.png").write_text("no picture")
    return tmp_path / "data"


def of_folder(folder: Path, **more: object) -> Experiment:
    return experiment(data__source="folder", data__path=str(folder), data__size=16, **more)


def shown(qtbot: QtBot, show_in_frame: ShowInFrame, jobs: Jobs, asked: Experiment) -> DataPanel:
    panel = DataPanel()
    panel.jobs = jobs
    show_in_frame(panel, 700, 400)
    panel.reset(asked)
    settle(qtbot, panel, jobs)
    return panel


def settle(qtbot: QtBot, panel: DataPanel, jobs: Jobs) -> None:
    panel.refresh()
    qtbot.waitUntil(lambda: not jobs.is_active and not panel._wants, timeout=20_000)


def view(panel: DataPanel, name: str) -> None:
    panel.view.setCurrentIndex(panel.view.findData(name))


def test_a_first_look_decodes_few_and_counts_all(
    qtbot: QtBot, show_in_frame: ShowInFrame, jobs: Jobs, folder: Path
) -> None:
    panel = shown(qtbot, show_in_frame, jobs, of_folder(folder))
    assert panel.summary().startswith("101 images of 1 x 16 x 16, ")
    assert "looked at, 2 classes" in panel.summary()
    assert "31  cats" in panel.facts.toPlainText()
    assert panel.images.count == 48
    view(panel, "seen")
    assert "Load all to see a batch" in panel.facts.toPlainText()
    qtbot.mouseClick(panel.all, Qt.MouseButton.LeftButton)
    settle(qtbot, panel, jobs)
    assert panel.summary() == "100 images of 1 x 16 x 16, 2 classes, 1 left out."
    assert "cats/bad.png is not an image in a known format" in panel.facts.toPlainText()
    assert not panel.all.isVisible()
    table = dict(panel.table())
    assert table["class"] == ["cats", "dogs"]
    assert table["samples"] == [30, 70]
    assert table["left_out"] == ["cats/bad.png"]


def test_what_the_critic_sees_is_the_first_batch_of_training(
    qtbot: QtBot, show_in_frame: ShowInFrame, jobs: Jobs, folder: Path
) -> None:
    asked = of_folder(
        folder, data__framing="random-crop", data__mirror=True, data__held_out=0.2, schedule__batch_size=8
    )
    panel = shown(qtbot, show_in_frame, jobs, asked)
    panel.handle(started())
    settle(qtbot, panel, jobs)
    view(panel, "seen")
    loader = Trainer(asked, device="cpu").players.loader
    assert isinstance(loader, BatchLoader)
    assert panel._known.look is not None
    assert panel._known.look.seen is not None
    assert np.array_equal(panel._known.look.seen, loader.next_batch().samples.numpy())
    assert panel.images.count == 8
    assert "20 held out" in panel.facts.toPlainText()


def test_duplicates_are_found_on_demand_and_shown_together(
    qtbot: QtBot, show_in_frame: ShowInFrame, jobs: Jobs, folder: Path
) -> None:
    panel = shown(qtbot, show_in_frame, jobs, of_folder(folder))
    qtbot.mouseClick(panel.all, Qt.MouseButton.LeftButton)
    settle(qtbot, panel, jobs)
    assert panel._known.duplicates is None
    view(panel, "duplicates")
    settle(qtbot, panel, jobs)
    assert "Groups of equal images: 1; of nearly equal ones: 0." in panel.facts.toPlainText()
    assert panel.images.count == 2


def test_samples_stand_beside_their_nearest_images(
    qtbot: QtBot, show_in_frame: ShowInFrame, jobs: Jobs
) -> None:
    panel = shown(qtbot, show_in_frame, jobs, experiment(data__limit=200))
    view(panel, "neighbours")
    assert "Train to compare" in panel.facts.toPlainText()
    assert panel._known.look is not None
    real = panel._known.look.dataset.part(40, 44).astype(np.float32) / 127.5 - 1
    random = np.random.default_rng(0)
    panel.handle(Samples(70, np.clip(real + random.normal(0, 0.05, real.shape), -1, 1).astype(np.float32)))
    view(panel, "samples")
    view(panel, "neighbours")
    settle(qtbot, panel, jobs)
    assert "iteration 70" in panel.facts.toPlainText()
    assert panel._known.pairs is not None
    width = real.shape[-1]
    assert np.array_equal(
        panel._known.pairs[1][..., width:], real
    )  # each found the image that it was made of
    assert panel.images.count == 4


def test_classes_and_pages(qtbot: QtBot, show_in_frame: ShowInFrame, jobs: Jobs) -> None:
    panel = shown(qtbot, show_in_frame, jobs, experiment(data__limit=200))
    assert panel.images.count == 48
    assert not panel.back.isEnabled()
    for _ in range(4):
        qtbot.mouseClick(panel.on, Qt.MouseButton.LeftButton)
    assert panel.images.count == 200 - 4 * 48
    assert not panel.on.isEnabled()
    qtbot.mouseClick(panel.back, Qt.MouseButton.LeftButton)
    assert panel.images.count == 48
    assert panel._known.look is not None
    panel.kind.setCurrentIndex(4)
    assert panel.images.count == panel._known.look.counts[3][1]
    view(panel, "mean")
    assert panel.images.count == 1


def test_points_have_no_views_of_images(qtbot: QtBot, show_in_frame: ShowInFrame, jobs: Jobs) -> None:
    panel = shown(qtbot, show_in_frame, jobs, experiment(data__limit=100))
    view(panel, "mean")
    ring = experiment(data__source="ring", data__points=400, generator__kind="mlp", critic__kind="mlp")
    panel.plan(ring)
    settle(qtbot, panel, jobs)
    assert panel.view.currentData() == "samples"
    assert panel.summary() == "400 points of 2, 8 classes."
    view(panel, "seen")
    assert len(panel.points.generated.data) == min(48, ring.schedule.batch_size)


def test_what_cannot_be_looked_at_is_a_sentence_and_choosing_again_helps(
    qtbot: QtBot, show_in_frame: ShowInFrame, jobs: Jobs, folder: Path
) -> None:
    panel = shown(qtbot, show_in_frame, jobs, of_folder(folder / "nowhere"))
    assert panel.is_empty
    assert "There is no folder or zip archive" in panel._empty.text()
    panel.plan(experiment(data__source="folder"))
    assert "Choose the folder or zip of images" in panel._empty.text()
    panel.plan(of_folder(folder))
    settle(qtbot, panel, jobs)
    assert not panel.is_empty


def test_nothing_is_downloaded_by_looking(
    qtbot: QtBot, show_in_frame: ShowInFrame, jobs: Jobs, tmp_path: Path
) -> None:
    asked = experiment(data__source="mnist", data__path=str(tmp_path), data__download=True)
    panel = shown(qtbot, show_in_frame, jobs, asked)
    assert "MNIST is not in" in panel._empty.text()
    assert list(tmp_path.iterdir()) == []
