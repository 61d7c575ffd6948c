"""The latent explorer: walks, principal directions, and a pinned sample through history."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget

from ganstudio.data.dataset import Dataset, Progress
from ganstudio.engine.events import Checkpoint, Event, Metrics, Snapshot, Started
from ganstudio.experiment.model import Experiment
from ganstudio.session.moments import Moment as Past
from ganstudio.session.session import Session
from ganstudio.ui.exports import Table
from ganstudio.ui.jobs import Ending, Job, Jobs, Work
from ganstudio.ui.latents.looking import Moment, Sight, follow, look, slim
from ganstudio.ui.latents.stage import STRIP_HEIGHT, Captioned, Stage
from ganstudio.ui.latents.steering import Steering
from ganstudio.ui.mailbox import Opened, SessionReady
from ganstudio.ui.panel import Panel

if TYPE_CHECKING:
    from ganstudio.engine.explorer import Explorer


class LatentsPanel(Panel):
    """Looks at the newest saved state, in a thread of its own; training never waits for it."""

    name = "latents"
    title = "Latent explorer"
    area = "centre"
    export_kinds = ("png", "csv")
    empty_text = "The latents can be explored as soon as there is a first checkpoint."
    explanation = (
        "<p>A <b>walk</b> goes from one sample of the grid to another through the latents between them. A "
        "generator that has learnt more than a list of samples changes smoothly on the way. "
        "<b>Spherical</b> walks keep the usual distance from the origin, where normal latents of many "
        "dimensions lie (White 2016); straight ones cut through the middle, where hardly any latent was "
        "seen in training.</p><p>The <b>directions</b> are those in which the generator's first layer "
        "reacts most: the eigenvectors of its weights (Shen &amp; Zhou 2021), which is what a principal "
        "component analysis of its output finds (GANSpace, Härkönen et al. 2020). A step of 1 is one "
        "standard deviation of a normal latent.</p><p><b>Pin</b> a sample to follow its latent through the "
        "stored checkpoints and, where it is one of the grid, the stored samples: its picture, its score "
        "by the critic shown here, and by the critic of that time.</p><p>The <b>nearest training image</b> "
        "(by Euclidean distance) shows whether the generator only repeats the data. What you see is the "
        "last checkpoint, whose age stands above; training is never held up. Keep it with <i>Keep this "
        "state</i>.</p>"
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._snapshot: Snapshot | None = None  # not looked at yet
        self._dataset: Dataset | None = None
        self._sight: Sight | None = None
        self._moments: tuple[Moment, ...] = ()
        self._past: Past | None = None
        self._newest = 0  # iteration of training
        self._job: Job | None = None
        self._outdated = False  # what the job finds is of another run or time than the panel's
        self._wanted = self._wants_pin = False
        self.steering = Steering(self.controls)
        self.steering.changed.connect(self._on_steered)
        self.pin = QToolButton()
        self.pin.setObjectName("latents:pin")
        self.pin.setText("Pin")
        self.pin.setToolTip("Follow this sample through the stored history")
        self.pin.clicked.connect(self._on_pin)
        self.keep = QToolButton()
        self.keep.setObjectName("latents:keep")
        self.keep.setText("Keep this state")
        self.keep.setProperty("role", "segment")
        self.keep.setCheckable(True)
        self.keep.setToolTip("Go on looking at this checkpoint when newer ones come")
        self.keep.toggled.connect(self._on_steered)
        self.controls.addWidget(self.pin)
        self.controls.addWidget(self.keep)
        self._age = QLabel()
        self._age.setObjectName("latents:age")
        self._age.setWordWrap(True)
        self.stage = Stage(self.colours)
        self.history = Captioned("latents:history", "")
        self.history.images.setFixedHeight(STRIP_HEIGHT)
        self.history.hide()
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._age)
        column.addWidget(self.stage, 1)
        column.addWidget(self.steering)
        column.addWidget(self.history)
        self.recolour()

    # Panel.

    def reset(self, experiment: Experiment) -> None:
        """Forget all states."""
        super().reset(experiment)
        # The session stays: it is told before its history, or the training that writes it.
        self._snapshot = self._dataset = self._sight = self._past = None
        self._wanted, self._wants_pin = self._has_states, False
        self._outdated = self._job is not None
        self._moments, self._newest = (), 0
        self.history.hide()
        self.stage.begin(None)
        every = experiment.saving.checkpoint_every
        self.show_empty(
            f"{self.empty_text[:-1]}: at iteration {every:,}, when you save, or when training ends."
        )

    def handle(self, event: Event) -> None:
        """Keep the newest state."""
        if isinstance(event, Checkpoint):
            self._snapshot = slim(event.snapshot)
            self._wanted |= self._past is None and not (self._sight and self.keep.isChecked())
        elif isinstance(event, SessionReady):
            self._session = event.session
        elif isinstance(event, Opened):
            self._session = event.session
            self._wanted = self._has_states
        elif isinstance(event, Started):
            self.stage.begin(event)
        elif isinstance(event, Metrics):
            self._newest = max(self._newest, event.iteration)

    @property
    def _has_states(self) -> bool:
        """Whether the session has one to look at."""
        return self._session is not None and bool(self._session.checkpoints())

    def refresh(self) -> None:
        """Look where the person wants to, if something changed."""
        if self._wanted:
            self._look()
        self._show_age()

    def show_moment(self, moment: Past | None) -> None:
        """Look at the last checkpoint before a moment of the past, or at the newest state again."""
        self._past, self._sight = moment, None
        self._outdated = self._job is not None
        self._wanted = self._session is not None or self._snapshot is not None

    def recolour(self) -> None:
        """Take the theme's colours."""
        self.stage.recolour(self.colours)
        self.history.images.set_background(self.colours.background)
        self.history.words.setStyleSheet(f"color: {self.colours.muted};")
        self._age.setStyleSheet(f"color: {self.colours.muted};")

    def summary(self) -> str:
        """Say where the person looks, and what the critic says of it."""
        sight = self._sight
        if sight is None:
            return ""
        wish = sight.wish
        words = f"{100 * wish.share:.0f} % of the way from sample {wish.first} to {wish.second}"
        near = f", nearest training sample {sight.neighbour.distance:.3g} away" if sight.neighbour else ""
        return f"Iteration {sight.explorer.iteration:,}: {words}; critic's score {sight.score:.4g}{near}."

    def table(self) -> Table:
        """Return the latent and the sample, and the pinned sample's history."""
        sight = self._sight
        return [
            ("latent", sight.latent.tolist() if sight else []),
            ("sample", sight.sample.ravel().tolist() if sight else []),
            ("pinned_iteration", [m.iteration for m in self._moments]),
            ("score_by_critic_shown", [m.score_now for m in self._moments]),
            ("score_by_critic_then", ["" if m.score_then is None else m.score_then for m in self._moments]),
        ]

    # Work.

    def _look(self) -> None:
        """Look in a thread; one look at a time, and the newest wish after it."""
        if self._job is not None:
            return
        self._wanted = False
        wish, session, past = self.steering.wish(), self._session, self._past
        sight, dataset = self._sight, self._dataset
        source: Snapshot | Explorer | None = None if past else self._snapshot
        if sight and (past or self.keep.isChecked() or source is None):
            source = sight.explorer
        elif not past:
            self._snapshot = None  # it is looked at now

        def work(progress: Progress) -> object:
            found = source or _stored(session, past)
            return None if found is None else look(found, dataset, wish, progress)

        self._start(work, self._on_sight)

    @Slot(object)
    def _on_sight(self, ending: Ending) -> None:
        self._job = None
        if self._outdated:
            self._outdated = False
        elif ending.kind == "done" and ending.result is not None:
            sight = cast("Sight", ending.result)
            self._sight, self._dataset = sight, sight.dataset
            self.steering.set_count(len(sight.explorer.fixed), sight.explorer.fixed.shape[1])
            self.show_content()
            self.stage.show_sight(sight)
            self.tell(self.summary())
            self._show_age()
        elif ending.kind == "done" and self._past is not None:
            self.show_empty(f"No checkpoint up to iteration {self._past.iteration:,} is kept.")
        elif ending.kind == "refused":
            self.show_empty(ending.sentence)
        if self._wants_pin:
            self._on_pin()
        elif self._wanted:
            self._look()

    @Slot()
    def _on_pin(self) -> None:
        """Follow what is seen through the stored history."""
        sight, session = self._sight, self._session
        self._wants_pin = self._job is not None
        if self._wants_pin or sight is None:
            return
        self._start(lambda progress: follow(sight, session, progress), self._on_followed)

    @Slot(object)
    def _on_followed(self, ending: Ending) -> None:
        self._job = None
        if self._outdated:
            self._outdated = False
        elif ending.kind == "done":
            self._moments = cast("tuple[Moment, ...]", ending.result)
            self._show_history()
        elif ending.kind == "refused":
            self.history.words.setText(ending.sentence)
            self.history.show()
        if self._wanted:
            self._look()

    def _start(self, work: Work, then: object) -> None:
        jobs = self.jobs or Jobs(self)
        self.jobs = jobs
        self._job = jobs.start("The latent explorer", work)
        self._job.ended.connect(then)

    # Showing.

    def _show_history(self) -> None:
        moments = self._moments
        is_images = moments[0].sample.ndim > 1
        self.history.images.setVisible(is_images)
        if is_images:
            self.history.images.set_images(np.stack([m.sample for m in moments]))
        self.stage.show_trail(moments)
        scores = "; ".join(
            f"{m.iteration:,}: {m.score_now:.3g}" + ("" if m.score_then is None else f" ({m.score_then:.3g})")
            for m in moments
        )
        self.history.words.setText(f"Pinned. Iteration: score by this critic (by its own)  {scores}")
        self.history.show()

    def _show_age(self) -> None:
        if self._sight is None:
            return
        at = self._sight.explorer.iteration
        age = max(0, self._newest - at) if self._past is None else 0
        behind = f", {age:,} iterations before the newest" if age else ""
        self._age.setText(
            f"Networks of iteration {at:,}{behind}. {self.summary().partition(': ')[2].capitalize()}"
        )

    @Slot()
    def _on_steered(self) -> None:
        self._wanted = True
        if self._sight is not None:
            self._look()


def _stored(session: Session | None, past: Past | None) -> Snapshot | None:
    """The newest stored state, or the newest up to a moment; None where none is kept. Raises UserError."""
    if session is None:
        return None
    if past is None:
        return session.latest_snapshot()
    kept = [iteration for iteration in session.checkpoints() if iteration <= past.iteration]
    return session.snapshot(kept[-1]) if kept else None
