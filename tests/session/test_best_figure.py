"""The checkpoint whose images were best is kept, though figures come later than the state they judge."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from session_training import tiny

from ganstudio.engine.events import ON_REQUEST, Evaluated
from ganstudio.engine.trainer import Trainer
from ganstudio.evaluation import beside
from ganstudio.evaluation.beside import judged
from ganstudio.experiment.files import preset
from ganstudio.experiment.parse import with_values
from ganstudio.session.judging import keep
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session

SMALL = {
    "generator.width": 16,
    "critic.width": 16,
    "schedule.batch_size": 16,
    "schedule.n_critic": 1,
    "probes.evaluate_every": 5,
    "saving.checkpoint_every": 5,
    "saving.keep": 1,
    "saving.best_by": "classifier_fid",
}


def test_the_checkpoint_with_the_best_figure_survives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = iter([3.0, 1.0, 2.0, 5.0, 4.0])
    monkeypatch.setattr(beside, "judge", lambda *_, **__: ({"classifier_fid": next(values)}, {}))
    experiment = with_values(preset("digits-wgan-gp").experiment, SMALL)
    session = Session.create(tmp_path / "session", experiment)
    trainer = Trainer(experiment, device="cpu", threads=1)
    with Recorder(session) as recorder:
        for event in judged(trainer, 25):
            recorder.handle(event)
            for thread in threading.enumerate():
                if thread.name == "evaluation":
                    thread.join(60)
    figures = {e.iteration: e.figures["classifier_fid"] for e in session.metrics.figures()}
    assert figures == {5: 3.0, 10: 1.0, 15: 2.0, 20: 5.0, 25: 4.0}
    assert session.checkpoints() == [10, 25]


def test_a_state_whose_figure_is_awaited_is_not_taken_for_the_best(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "session", tiny())
    keep(session, Evaluated(2, {"w1": 0.5}, {}))
    assert session.metrics.values_at("w1", [2, 4]) == {2: 0.5, 4: None}
    keep(session, Evaluated(3, {"w1": 0.7}, {}))
    assert session.metrics.values_at("w1", [2, 4]) == {2: 0.5, 4: 0.7}


def test_figures_on_request_do_not_choose_the_best(tmp_path: Path) -> None:
    """They may be of more samples, and the distances of more samples are smaller."""
    session = Session.create(tmp_path / "session", tiny())
    keep(session, Evaluated(2, {"w1": 0.5}, {}))
    keep(session, Evaluated(2, {"w1": 0.1}, {ON_REQUEST: True}))
    assert session.metrics.values_at("w1", [2]) == {2: 0.5}
