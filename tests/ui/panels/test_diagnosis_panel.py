"""Findings in the window: what is said, looking back to it, and remedies of one click."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from panel_events import experiment, metrics, started
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot
from stored_history import history
from ui_fakes import tiny_experiment
from window_use import MakeWindow

from ganstudio.diagnosis.findings import Diagnosed, Finding, Remedy
from ganstudio.engine.events import Checkpoint, Event
from ganstudio.engine.trainer import Trainer
from ganstudio.session.moments import Moment
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session
from ganstudio.ui import questions
from ganstudio.ui.main_window import MainWindow
from ganstudio.ui.panels.diagnosis import DiagnosisPanel
from ganstudio.ui.panels.losses import LossesPanel

LEFT = Qt.MouseButton.LeftButton
LIVE = Remedy("Raise lambda to 10", (("lipschitz.weight", 10.0),), live=True)
FORK = Remedy(
    "Use R1 (on a fork)", (("objective.kind", "non-saturating"), ("lipschitz.kind", "r1")), live=False
)
STEEP = Finding(
    "not-lipschitz", 50, "The critic is too steep.", "Its norm is 9.", "It matters.", (LIVE, FORK)
)
GONE = Finding("vanishing-gradient", 70, "The gradient has vanished.", "It is 0.", "Nothing is learnt.")


@pytest.fixture
def panel(show_in_frame) -> DiagnosisPanel:
    made = DiagnosisPanel()
    show_in_frame(made, 700, 300)
    made.reset(experiment())
    made.refresh()
    return made


def show(panel: DiagnosisPanel, *events: Event) -> None:
    for event in events:
        panel.handle(event)
    panel.refresh()


def said(panel: DiagnosisPanel) -> list[tuple[str, int | None]]:
    return [(card.finding.kind, card.resolved_at) for card in panel.cards]


def moment(iteration: int) -> Moment:
    return Moment(iteration, None, None, {}, None)


def button(panel: DiagnosisPanel, card: int, name: str) -> QToolButton:
    found = panel.cards[card].findChild(QToolButton, name)
    assert isinstance(found, QToolButton)
    return found


def test_an_empty_panel_says_what_will_appear(panel):
    assert panel.is_empty
    assert panel.summary() == ""


def test_the_newest_finding_is_on_top_and_a_resolved_one_turns_grey(panel):
    show(panel, Diagnosed(50, STEEP), Diagnosed(70, GONE), Diagnosed(90, STEEP, resolved=True))
    assert said(panel) == [("vanishing-gradient", None), ("not-lipschitz", 90)]
    assert panel.summary() == "Since iteration 70: The gradient has vanished. It is 0."
    assert button(panel, 1, "diagnosis:look").text() == "Iteration 50, resolved at 90"
    assert panel.colours.muted in panel.cards[1]._sentence.styleSheet()
    assert panel.exported("csv").decode().splitlines()[1:] == [
        "70,,vanishing-gradient,The gradient has vanished. It is 0.",
        "50,90,not-lipschitz,The critic is too steep. Its norm is 9.",
    ]


def test_looking_back_shows_what_had_been_found_then(panel):
    show(panel, Diagnosed(50, STEEP), Diagnosed(90, STEEP, resolved=True))
    for at, expected in ((49, []), (50, [("not-lipschitz", None)]), (90, [("not-lipschitz", 90)])):
        panel.show_moment(moment(at))
        panel.refresh()
        assert said(panel) == expected
        assert panel.is_empty == (not expected)
    panel.show_moment(None)
    panel.refresh()
    assert said(panel) == [("not-lipschitz", 90)]


def test_going_on_from_an_earlier_state_takes_later_findings_back(panel):
    show(panel, Diagnosed(50, STEEP), Diagnosed(90, STEEP, resolved=True), started(iteration=60))
    assert said(panel) == [("not-lipschitz", None)]
    show(panel, started(iteration=0))
    assert panel.is_empty


def test_clicks_look_back_and_choose_remedies(panel, qtbot):
    show(panel, Diagnosed(50, STEEP))
    with qtbot.waitSignal(panel.time_chosen) as chosen:
        qtbot.mouseClick(button(panel, 0, "diagnosis:look"), LEFT)
    assert chosen.args == [50]
    for i, remedy in enumerate(STEEP.remedies):
        with qtbot.waitSignal(panel.remedy_chosen) as applied:
            qtbot.mouseClick(button(panel, 0, f"diagnosis:remedy{i}"), LEFT)
        assert applied.args == [remedy]


def test_findings_are_marked_on_the_plots(show_in_frame):
    losses = LossesPanel()
    show_in_frame(losses, 640, 480)
    losses.reset(experiment())
    for event in (started(), metrics(1, 80, critic_loss=1.0), Diagnosed(50, STEEP)):
        losses.handle(event)
    losses.refresh()
    assert losses.above.marks == ((50.0, "critic far from Lipschitz"),)


def _stored(path: Path) -> Session:
    """A session with a real state and a finding."""
    small = tiny_experiment()
    session = Session.create(path, small)
    with Recorder(session) as recorder:
        for event in [*history(100), Diagnosed(50, STEEP), Diagnosed(70, GONE)]:
            recorder.handle(event)
        snapshot = Trainer(small, device="cpu", threads=1).snapshot()
        numbers = {**snapshot.numbers, "iteration": 100}
        recorder.handle(Checkpoint(100, type(snapshot)(100, snapshot.tensors, numbers)))
    return session


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, make_window: MakeWindow) -> MainWindow:
    made = make_window()
    made.controller.open(_stored(tmp_path / "run").path)
    qtbot.waitUntil(lambda: len(cards(made)) == 2)
    return made


def cards(window: MainWindow) -> list[object]:
    return window.workspace.panels["diagnosis"].cards


def test_a_reopened_session_has_its_findings_and_a_click_looks_back(qtbot: QtBot, window: MainWindow) -> None:
    panel = window.workspace.panels["diagnosis"]
    assert said(panel) == [("vanishing-gradient", None), ("not-lipschitz", None)]
    assert panel.cards[1].finding == STEEP
    qtbot.mouseClick(button(panel, 1, "diagnosis:look"), LEFT)
    assert window.time_strip.words.text().startswith("Looking at iteration 50 of 100")
    qtbot.waitUntil(lambda: said(panel) == [("not-lipschitz", None)])


def test_a_live_remedy_is_an_undoable_change_of_the_form(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.mouseClick(button(window.workspace.panels["diagnosis"], 1, "diagnosis:remedy0"), LEFT)
    assert window.controller.experiment.lipschitz.weight == 10.0
    assert window.controller.goes_on()
    window.form.undo_group.undo()
    assert window.controller.experiment.lipschitz.weight == 0.1


def test_a_critic_without_a_penalty_that_counts_is_found_while_it_trains_and_mended_live(
    qtbot: QtBot, make_window: MakeWindow
) -> None:
    window = make_window()
    wild = tiny_experiment(
        **{
            "lipschitz.weight": 1e-4,
            "critic.width": 128,
            "schedule.n_critic": 5,
            "probes.gradient_norms_every": 2,
        }
    )
    window.controller.choose(wild)
    window.controller.start(10_000)
    panel = window.workspace.panels["diagnosis"]
    qtbot.waitUntil(lambda: "not-lipschitz" in [card.finding.kind for card in panel.cards], timeout=30000)
    assert window.workspace.docks["diagnosis"].isVisible()
    (card,) = [i for i, c in enumerate(panel.cards) if c.finding.kind == "not-lipschitz"]
    qtbot.mouseClick(button(panel, card, "diagnosis:remedy0"), LEFT)
    losses = window.workspace.panels["losses"]
    qtbot.waitUntil(
        lambda: any(h.path == "lipschitz.weight" for h in losses.history.happenings), timeout=30000
    )
    window.controller.stop()
    qtbot.waitUntil(lambda: not window.controller.is_active, timeout=30000)
    assert [e.new for e in window.controller.session.record.edits] == [10.0]
    kinds = [e.kind for e in window.controller.session.metrics.events()]
    assert "diagnosed" in kinds


def test_a_fork_remedy_asks_for_a_name_and_opens_the_fork(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(questions, "ask_name", lambda *_: "calmer")
    qtbot.mouseClick(button(window.workspace.panels["diagnosis"], 1, "diagnosis:remedy1"), LEFT)
    qtbot.waitUntil(lambda: window.controller.session.name == "calmer", timeout=20000)
    assert window.controller.session.current_experiment.lipschitz.kind == "r1"
    assert np.array_equal(window.controller.session.checkpoints(), [100])
