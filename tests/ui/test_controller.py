"""The controller with the real engine, and with trainers that misbehave."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from ui_fakes import ScriptedTrainer, metrics, scripted, started, tiny_experiment
from window_use import settling

from ganstudio.engine.events import Edited, Event, Finished, Metrics, Snapshot, Started, StateChanged, Trouble
from ganstudio.experiment.parse import with_values
from ganstudio.session import checkpoints
from ganstudio.session.session import Session
from ganstudio.ui.controller import Controller
from ganstudio.ui.mailbox import Saved
from ganstudio.ui.memory import Memory
from ganstudio.ui.training import RunState
from ganstudio.ui.worker import TrainerFactory

MANY = 1_000_000


class Ear:
    """Remembers what a controller says."""

    def __init__(self, controller: Controller) -> None:
        self.events: list[Event] = []
        self.said: list[str] = []
        self.issues: list[str] = []
        self.reasons: list[str] = []
        controller.received.connect(self.events.extend)
        controller.said.connect(self.said.append)
        controller.refused.connect(lambda issues: self.issues.extend(i.path for i in issues))
        controller.ended.connect(lambda outcome: self.reasons.append(outcome.reason))

    def of(self, kind: type[Event]) -> list[Event]:
        return [e for e in self.events if isinstance(e, kind)]

    @property
    def sentences(self) -> list[str]:
        return [e.sentence for e in self.events if isinstance(e, Trouble)]

    def heard_the_end(self) -> bool:
        """Whether training has ended and could not be saved."""
        return any("has ended and is kept in memory" in sentence for sentence in self.sentences)


Make = Callable[..., tuple[Controller, Ear]]


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Iterator[Make]:
    made: list[Controller] = []

    def build(
        factory: TrainerFactory | None = None, remembered: list[Path] | None = None
    ) -> tuple[Controller, Ear]:
        names = iter(range(100))
        memory = Memory(
            lambda name: tmp_path / f"{name}-{next(names)}",
            list,
            (remembered if remembered is not None else []).append,
        )
        controller = Controller(memory=memory, **({"factory": factory} if factory else {}))
        controller.set_experiment(tiny_experiment())
        made.append(controller)
        return controller, Ear(controller)

    yield build
    for controller in made:
        if controller.is_active:
            with qtbot.waitSignal(controller.ended, timeout=20000):
                controller.stop()


def wait_for(qtbot: QtBot, controller: Controller, state: RunState) -> None:
    qtbot.waitUntil(lambda: controller.state is state, timeout=20000)


def finish(qtbot: QtBot, controller: Controller, iterations: int, **arguments: object) -> None:
    with qtbot.waitSignal(controller.ended, timeout=20000):
        controller.start(iterations, **arguments)


def weights(session: Session) -> dict[str, np.ndarray]:
    snapshot = session.latest_snapshot()
    assert isinstance(snapshot, Snapshot)
    return {f"{f}/{n}": a for f, arrays in snapshot.tensors.items() for n, a in arrays.items()}


def test_training_writes_a_session_and_tells_every_iteration(qtbot: QtBot, make: Make) -> None:
    remembered: list[Path] = []
    controller, ear = make(remembered=remembered)
    states = []
    controller.state_changed.connect(states.append)
    finish(qtbot, controller, 30)
    assert states == [RunState.LOADING, RunState.RUNNING, RunState.IDLE]
    assert ear.reasons == ["finished"]
    assert np.concatenate([e.iterations for e in ear.of(Metrics)]).tolist() == list(range(1, 31))
    *_, one, other = ear.events  # the disk may be quicker than the end
    assert Saved(30) in (one, other)
    assert any(isinstance(event, Finished) for event in (one, other))
    assert controller.session
    assert controller.session.checkpoints() == [30]
    assert remembered == [controller.session.path]
    assert controller.meter.pace.target == 30


def test_unchanged_settings_go_on_and_changed_ones_begin_anew(qtbot: QtBot, make: Make) -> None:
    controller, ear = make()
    finish(qtbot, controller, 10)
    first = controller.session
    finish(qtbot, controller, 10)
    assert controller.session is first
    assert controller.session.checkpoints()[-1] == 20
    assert ear.of(Started)[-1].iteration == 10
    controller.set_experiment(tiny_experiment(**{"generator.width": 9}))
    finish(qtbot, controller, 10)
    assert controller.session.path != first.path
    assert ear.of(Started)[-1].iteration == 0
    assert "The settings have changed, so a new session begins." in ear.said
    assert first.checkpoints()[-1] == 20


def test_a_live_setting_changed_between_runs_is_an_edit_of_the_same_session(qtbot: QtBot, make: Make) -> None:
    controller, ear = make()
    finish(qtbot, controller, 10)
    first = controller.session
    assert controller.experiment
    controller.set_experiment(with_values(controller.experiment, {"lipschitz.weight": 3.0}))
    finish(qtbot, controller, 10)
    assert controller.session is first
    assert [(e.iteration, e.path, e.new) for e in ear.of(Edited)] == [(10, "lipschitz.weight", 3.0)]
    assert first
    assert Session.open(first.path).current_experiment.lipschitz.weight == 3.0


def test_pause_step_resume_and_stop(qtbot: QtBot, make: Make) -> None:
    controller, ear = make()
    controller.start(MANY)
    wait_for(qtbot, controller, RunState.RUNNING)
    controller.pause()
    wait_for(qtbot, controller, RunState.PAUSED)
    before = ear.of(StateChanged)[-1]
    counted = len(ear.of(StateChanged))
    controller.step("critic")
    qtbot.waitUntil(lambda: len(ear.of(StateChanged)) > counted, timeout=20000)
    after = ear.of(StateChanged)[-1]
    assert (after.iteration, after.critic_step) != (before.iteration, before.critic_step)
    assert controller.state is RunState.PAUSED
    controller.resume()
    wait_for(qtbot, controller, RunState.RUNNING)
    with qtbot.waitSignal(controller.ended, timeout=20000):
        controller.stop()
    assert ear.reasons == ["stopped"]
    assert controller.session
    assert controller.session.checkpoints()


def test_a_first_step_begins_training_and_pauses(qtbot: QtBot, make: Make) -> None:
    controller, ear = make()
    controller.start(MANY, first="iteration")
    wait_for(qtbot, controller, RunState.PAUSED)
    assert ear.of(StateChanged)[-1].iteration == 1


def test_save_while_training_is_confirmed_once_it_is_on_disk(qtbot: QtBot, make: Make) -> None:
    controller, ear = make()
    controller.start(MANY)
    wait_for(qtbot, controller, RunState.RUNNING)
    controller.save()
    qtbot.waitUntil(lambda: any(s.startswith("Saved at iteration") for s in ear.said), timeout=20000)
    assert controller.session
    said = next(s for s in ear.said if s.startswith("Saved"))
    assert any(f"iteration {i:,}." in said for i in controller.session.checkpoints())


def test_an_opened_session_shows_its_history_and_goes_on(qtbot: QtBot, make: Make) -> None:
    controller, _ = make()
    finish(qtbot, controller, 20)
    assert controller.session
    other, ear = make()
    opened = []
    other.opened.connect(lambda experiment, origin: opened.append(experiment))
    with settling(qtbot, other):
        other.open(controller.session.path)
    assert opened == [tiny_experiment()]
    assert np.concatenate([e.iterations for e in ear.of(Metrics)]).tolist() == list(range(1, 21))
    finish(qtbot, other, 5)
    assert controller.session.checkpoints()[-1] == 25


def test_what_is_no_session_gives_a_sentence(qtbot: QtBot, make: Make, tmp_path: Path) -> None:
    controller, ear = make()
    with settling(qtbot, controller):
        controller.open(tmp_path)
    assert len(ear.sentences) == 1
    assert "is not a session" in ear.sentences[0]
    assert controller.session is None


def test_a_fault_in_the_worker_arrives_with_its_traceback(qtbot: QtBot, make: Make) -> None:
    def script(trainer: ScriptedTrainer, iterations: int) -> Iterator[Event]:
        yield started(0, iterations)
        yield metrics(1)
        raise ZeroDivisionError("planted")

    controller, ear = make(scripted(script))
    finish(qtbot, controller, 5)
    (trouble,) = ear.of(Trouble)
    assert "planted" in trouble.sentence
    assert "ZeroDivisionError" in trouble.detail
    assert trouble.iteration == 1
    assert ear.reasons == ["failed"]
    assert controller.state is RunState.IDLE


def test_a_mistake_arrives_without_traceback_and_leaves_no_session(
    qtbot: QtBot, make: Make, tmp_path: Path
) -> None:
    controller, ear = make()
    controller.set_experiment(
        tiny_experiment(**{"data.source": "folder", "data.path": str(tmp_path / "nowhere"), "data.size": 8})
    )
    finish(qtbot, controller, 5)
    (trouble,) = ear.of(Trouble)
    assert "nowhere" in trouble.sentence
    assert trouble.detail == ""
    assert list(tmp_path.iterdir()) == []
    assert controller.session is None


def test_missing_settings_are_shown_in_the_form(qtbot: QtBot, make: Make) -> None:
    controller, ear = make()
    controller.set_experiment(tiny_experiment(**{"data.source": "folder", "data.size": 8}))
    finish(qtbot, controller, 5)
    assert ear.issues == ["data.path"]
    assert ear.reasons == ["refused"]


def test_stop_cancels_the_loading_of_data(qtbot: QtBot, make: Make, tmp_path: Path) -> None:
    def factory(experiment: object, **arguments: object) -> ScriptedTrainer:
        while True:
            arguments["progress"]("Reading images", 1, 100)

    controller, ear = make(factory)
    controller.start(5)
    qtbot.waitUntil(
        lambda: any(getattr(e, "what", "") == "Reading images" for e in ear.events), timeout=20000
    )
    with qtbot.waitSignal(controller.ended, timeout=20000):
        controller.stop()
    assert ear.reasons == ["cancelled"]
    assert list(tmp_path.iterdir()) == []


class FullDisk:
    """A disk that takes no state below a folder while it is full."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full: Path | None = None
        write = checkpoints.write_checkpoint

        def refuse(folder: Path, snapshot: Snapshot) -> None:
            if self.full is not None and folder.is_relative_to(self.full):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            write(folder, snapshot)

        monkeypatch.setattr(checkpoints, "write_checkpoint", refuse)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FullDisk:
    return FullDisk(monkeypatch)


def test_a_full_disk_does_not_end_training_and_is_told_once(
    qtbot: QtBot, make: Make, disk: FullDisk, tmp_path: Path
) -> None:
    controller, ear = make()
    controller.set_experiment(tiny_experiment(**{"saving.checkpoint_every": 10}))
    disk.full = tmp_path
    controller.start(MANY)
    qtbot.waitUntil(lambda: controller.meter.pace.iteration > 60, timeout=20000)
    assert controller.state is RunState.RUNNING
    (sentence,) = ear.sentences
    assert "could not be saved: the disk is full. Training goes on in memory" in sentence
    assert controller.session
    assert controller.session.checkpoints() == []
    disk.full = None
    qtbot.waitUntil(lambda: bool(controller.session and controller.session.checkpoints()), timeout=20000)


def test_training_that_cannot_be_saved_ends_only_once_it_is_saved(
    qtbot: QtBot, make: Make, disk: FullDisk, tmp_path: Path
) -> None:
    controller, ear = make()
    disk.full = tmp_path
    controller.start(20)
    qtbot.waitUntil(ear.heard_the_end, timeout=20000)
    told = len(ear.sentences)
    controller.save()  # there is no room still
    qtbot.waitUntil(lambda: len(ear.sentences) > told, timeout=20000)
    assert controller.is_active
    disk.full = None
    with qtbot.waitSignal(controller.ended, timeout=20000):
        controller.save()
    assert ear.reasons == ["finished"]
    assert controller.session
    assert controller.session.checkpoints() == [20]


@pytest.mark.parametrize("ends", [True, False])
def test_training_goes_on_elsewhere_exactly(
    qtbot: QtBot, make: Make, disk: FullDisk, tmp_path: Path, ends: bool
) -> None:
    whole, _ = make()
    whole.set_experiment(tiny_experiment(name="whole"))
    finish(qtbot, whole, 60)
    controller, ear = make()
    controller.set_experiment(tiny_experiment(**{"saving.checkpoint_every": 10}))
    disk.full = tmp_path
    controller.start(20 if ends else 60)
    qtbot.waitUntil(lambda: bool(ear.sentences), timeout=20000)
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    if ends:
        with qtbot.waitSignal(controller.ended, timeout=20000):
            controller.save_elsewhere(elsewhere)
        finish(qtbot, controller, 40)
    else:
        controller.save_elsewhere(elsewhere)
        with qtbot.waitSignal(controller.ended, timeout=20000):
            qtbot.waitUntil(lambda: bool(controller.session and controller.session.path == elsewhere))
    assert controller.session
    assert controller.session.path == elsewhere
    assert whole.session
    one, other = weights(whole.session), weights(controller.session)
    assert one.keys() == other.keys()
    assert all(np.array_equal(one[name], other[name]) for name in one)
    kept = controller.session.metrics.scalars()
    assert kept is not None
    assert kept.iterations.tolist() == list(range(1, 61))


def test_what_cannot_be_saved_can_be_given_up(
    qtbot: QtBot, make: Make, disk: FullDisk, tmp_path: Path
) -> None:
    controller, ear = make()
    disk.full = tmp_path
    controller.start(20)
    qtbot.waitUntil(ear.heard_the_end, timeout=20000)
    told = len(ear.sentences)
    with qtbot.waitSignal(controller.ended, timeout=20000):
        controller.abandon(lambda: None)
    assert len(ear.sentences) == told
    assert controller.session
    assert controller.session.checkpoints() == []


def test_a_place_that_is_taken_is_said_and_asked_again(
    qtbot: QtBot, make: Make, disk: FullDisk, tmp_path: Path
) -> None:
    controller, ear = make()
    disk.full = tmp_path
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("")
    controller.start(20)
    qtbot.waitUntil(lambda: bool(ear.sentences), timeout=20000)
    controller.save_elsewhere(tmp_path / "letters")
    qtbot.waitUntil(lambda: any("files in it already" in s for s in ear.sentences), timeout=20000)
    assert controller.is_active
    disk.full = None
    with qtbot.waitSignal(controller.ended, timeout=20000):
        controller.save()
