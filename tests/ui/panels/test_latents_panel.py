import numpy as np
import pytest
from PySide6.QtCore import Qt

from ganstudio.engine.events import Checkpoint, Samples
from ganstudio.session.moments import Moment
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session
from ganstudio.ui.mailbox import Opened
from ganstudio.ui.panels.latents import LatentsPanel
from tests.engine.helpers import DCGAN, tiny, trainer

PATIENCE = 20_000
SAVED = {"saving.checkpoint_every": 2, "saving.keep": 10, "probes.samples_every": 1}


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("images") / "run", {**DCGAN, **SAVED})


@pytest.fixture(scope="module")
def points(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("points") / "run", SAVED)


def trained(path, values):
    session = Session.create(path, tiny(**values))
    with Recorder(session) as recorder:
        for event in trainer(values).run(4):
            recorder.handle(event)
    return Session.open(path)


@pytest.fixture
def panel(show_in_frame):
    made = LatentsPanel()
    show_in_frame(made, 600, 640)
    return made


def settled(panel, qtbot):
    panel.refresh()
    qtbot.waitUntil(lambda: panel._job is None and not panel._wanted, timeout=PATIENCE)


def opened(panel, qtbot, session):
    panel.reset(session.experiment)
    panel.handle(Opened(4, session))
    panel.reset(session.experiment)  # as the window does where the history begins
    for event in session.replay():
        panel.handle(event)
    settled(panel, qtbot)
    assert not panel.is_empty
    return panel


def test_before_a_checkpoint_the_panel_says_when_there_is_one(panel):
    panel.reset(tiny())
    panel.refresh()
    assert panel.is_empty
    assert "iteration 1,000" in panel._empty.text()


def test_the_walk_begins_and_ends_at_the_chosen_samples(panel, qtbot, images):
    opened(panel, qtbot, images)
    panel.steering.second.setValue(2)
    settled(panel, qtbot)
    (*_, last) = (event for event in images.replay() if isinstance(event, Samples))
    np.testing.assert_allclose(panel._sight.walk[0], last.generated[0], atol=0.006)  # a grid has 256 greys
    np.testing.assert_allclose(panel._sight.walk[-1], last.generated[2], atol=0.006)
    np.testing.assert_array_equal(panel._sight.sample, panel._sight.walk[0])
    panel.steering.share.setValue(100)
    settled(panel, qtbot)
    np.testing.assert_allclose(panel._sight.sample, panel._sight.walk[-1], atol=1e-5)
    assert panel._sight.neighbour.distance > 0
    assert "100 % of the way from sample 0 to 2" in panel.summary()


def test_directions_move_the_sample_and_go_back_to_zero(panel, qtbot, images):
    opened(panel, qtbot, images)
    before = panel._sight.latent
    panel.steering.steps[0].setValue(150)
    settled(panel, qtbot)
    assert np.linalg.norm(panel._sight.latent - before) == pytest.approx(1.5, rel=1e-4)
    assert panel._sight.wish.fixed_index is None
    qtbot.mouseClick(panel.steering.zero, Qt.MouseButton.LeftButton)
    settled(panel, qtbot)
    np.testing.assert_allclose(panel._sight.latent, before, atol=1e-6)


def test_a_pinned_sample_is_followed_through_samples_and_checkpoints(panel, qtbot, images):
    opened(panel, qtbot, images)
    qtbot.mouseClick(panel.pin, Qt.MouseButton.LeftButton)
    settled(panel, qtbot)
    moments = panel._moments
    assert [m.iteration for m in moments] == [0, 1, 2, 3, 4]
    assert [m.iteration for m in moments if m.score_then is not None] == [2, 4]
    # The same critic, asked for all samples and for this one alone: sums of other shares round otherwise.
    assert moments[-1].score_then == pytest.approx(moments[-1].score_now, rel=1e-5)
    assert panel.history.isVisible()
    assert panel.history.images.count == 5
    rows = panel.exported("csv").decode().splitlines()
    assert rows[0] == "latent,sample,pinned_iteration,score_by_critic_shown,score_by_critic_then"


def test_of_points_the_walk_is_a_line_and_the_pin_leaves_a_trail(panel, qtbot, points):
    opened(panel, qtbot, points)
    assert len(panel.stage.path.getData()[0]) == 61
    assert panel.stage.points.isVisible()
    panel._on_pin()
    settled(panel, qtbot)
    assert len(panel.stage.trail.getData()[0]) == 5
    assert not panel.history.images.isVisible()


def test_play_walks_to_and_fro(panel, qtbot, points):
    opened(panel, qtbot, points)
    panel.steering.play.setChecked(True)
    qtbot.waitUntil(lambda: panel.steering.share.value() >= 4, timeout=PATIENCE)
    panel.steering.play.setChecked(False)
    assert not panel.steering._timer.isActive()
    panel.steering.share.setValue(100)
    panel.steering._move_on()
    assert panel.steering.share.value() == 98
    settled(panel, qtbot)


def test_a_newer_checkpoint_is_taken_unless_the_state_is_kept(panel, qtbot, points):
    opened(panel, qtbot, points)
    newer = trainer(SAVED)
    newer.iteration = 7
    panel.keep.setChecked(True)
    settled(panel, qtbot)
    panel.handle(Checkpoint(7, newer.snapshot()))
    settled(panel, qtbot)
    assert panel._sight.explorer.iteration == 4
    panel.keep.setChecked(False)
    settled(panel, qtbot)
    assert panel._sight.explorer.iteration == 7
    assert set(newer.snapshot().tensors) > {"generator", "critic", "random"}


def test_a_moment_shows_the_last_checkpoint_before_it(panel, qtbot, points):
    opened(panel, qtbot, points)
    panel.show_moment(Moment(3, None, None, {}, None))
    settled(panel, qtbot)
    assert panel.summary().startswith("Iteration 2:")
    panel.show_moment(Moment(1, None, None, {}, None))
    settled(panel, qtbot)
    assert panel._empty.text() == "No checkpoint up to iteration 1 is kept."
    panel.show_moment(None)
    settled(panel, qtbot)
    assert panel.summary().startswith("Iteration 4:")


def test_what_a_look_found_for_another_time_is_dropped(panel, qtbot, points):
    opened(panel, qtbot, points)
    panel.steering.share.setValue(50)  # under way while the person looks back
    assert panel._job is not None
    panel.show_moment(Moment(3, None, None, {}, None))
    settled(panel, qtbot)
    assert panel.summary().startswith("Iteration 2: 50 %")


def test_a_state_that_cannot_be_read_is_a_sentence(panel, qtbot, points, monkeypatch):
    opened(panel, qtbot, points)
    broken = trainer(SAVED).snapshot()
    del broken.tensors["critic"]["output.weight"]
    panel.handle(Checkpoint(9, broken))
    settled(panel, qtbot)
    assert panel.is_empty
    assert "does not fit" in panel._empty.text()
