"""The data set browser: what there is, what the critic sees of it, what was left out, what is there twice."""

from __future__ import annotations

from typing import cast

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QListView,
    QPlainTextEdit,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ganstudio.data.dataset import Progress
from ganstudio.data.duplicates import Duplicates, find_duplicates
from ganstudio.engine.events import Event, Samples, Started
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.rules import missing
from ganstudio.ui.dataset.known import PAGE, Known
from ganstudio.ui.dataset.looking import Floats, Look, beside_nearest, look
from ganstudio.ui.dataset.words import EXPLANATION, LISTED, VIEWS
from ganstudio.ui.exports import Table
from ganstudio.ui.jobs import Ending, Job
from ganstudio.ui.panel import Panel
from ganstudio.ui.plots.image_grid import ImageGrid
from ganstudio.ui.plots.scatter import Scatter

IMAGE_VIEWS = ("mean", "duplicates", "neighbours")
COMPARED = 24  # generated samples that are put beside their nearest neighbours


class DataPanel(Panel):
    """Looks at the data in a thread of its own, when it can be seen."""

    name = "data"
    title = "Data"
    area = "centre"
    export_kinds = ("png", "csv")
    empty_text = "The data will appear here: choose a data set in the form."
    explanation = EXPLANATION

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known = Known()
        self._job: Job | None = None
        self._wants = self._wants_all = False
        self._page = 0
        self.view = QComboBox()
        self.view.setObjectName("data:view")
        self.view.setAccessibleName("What of the data is shown")
        self.view.setToolTip("What is shown")
        for name, title, tip in VIEWS:
            self.view.addItem(title, name)
            self.view.setItemData(self.view.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.view.currentIndexChanged.connect(self._on_view)
        self.kind = QComboBox()
        self.kind.setObjectName("data:class")
        self.kind.setAccessibleName("Class that is shown")
        self.kind.setToolTip("Show one class only")
        self.kind.currentIndexChanged.connect(self._on_view)
        self.controls.addWidget(self.view)
        self.controls.addWidget(self.kind)
        self.back = self._button("back", "◀", "Page back", "PgUp", self._on_back)
        self.on = self._button("on", "▶", "Page on", "PgDown", self._on_on)
        self.all = self._button("all", "Load all", "Decode all images", "Ctrl+L", self._on_all)
        self._state = QLabel()
        self._state.setObjectName("data:state")
        self.controls.addWidget(self._state)
        self.images = ImageGrid("data:images")
        self.points = Scatter("data:points", self.colours, "first batch")
        self._pictures = QStackedWidget()
        self._pictures.addWidget(self.images)
        self._pictures.addWidget(self.points)
        self.facts = QPlainTextEdit()
        self.facts.setObjectName("data:facts")
        self.facts.setAccessibleName("Facts about the data")
        self.facts.setReadOnly(True)
        self.facts.setTabChangesFocus(True)
        halves = QSplitter()
        halves.setObjectName("data:halves")
        halves.addWidget(self._pictures)
        halves.addWidget(self.facts)
        halves.setSizes([600, 300])
        halves.setStretchFactor(0, 3)
        halves.setStretchFactor(1, 2)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(halves)
        self._show_controls()

    # Panel.

    def reset(self, experiment: Experiment) -> None:
        """Another experiment: other data."""
        super().reset(experiment)
        self._take(experiment)

    def plan(self, experiment: Experiment) -> None:
        """Look at other data as soon as the form asks for them."""
        before = self.experiment
        self.experiment = experiment
        if before is None or before.data != experiment.data or before.seed != experiment.seed:
            self._take(experiment)

    def handle(self, event: Event) -> None:
        """Once training has loaded the data, all of them can be looked at."""
        if isinstance(event, Samples):
            self._known.generated = event
        elif isinstance(event, Started) and (self._known.look is None or self._known.look.is_preview):
            self._wants = self._wants_all = True

    def refresh(self) -> None:
        """Look at the data, if that was not done yet."""
        if self._wants and self._job is None and self.jobs is not None and self.experiment is not None:
            self._start()

    def recolour(self) -> None:
        """Take the theme's colours."""
        self.images.set_background(self.colours.background)
        self.points.recolour(self.colours)
        self._state.setStyleSheet(f"color: {self.colours.muted};")

    def summary(self) -> str:
        """Say what there is."""
        return self._known.summary()

    def table(self) -> Table:
        """Return the classes with their counts, and what was left out with the reasons."""
        return self._known.table()

    # Work.

    def _take(self, experiment: Experiment) -> None:
        self._known = Known()
        self._page, self._wants_all = 0, False
        if self._job is not None:
            self._job.cancel()
        issues = missing(experiment)
        self._wants = not issues
        self.show_empty(issues[0].sentence if issues else "Looking at the data…")
        self._show_controls()
        if self.isVisible():
            self.refresh()

    def _start(self) -> None:
        experiment, whole, jobs = self.experiment, self._wants_all, self.jobs
        if experiment is None or jobs is None:
            return
        self._wants = False
        self._job = jobs.start(
            "The data set browser", lambda progress: look(experiment, progress, whole=whole)
        )
        self._job.progressed.connect(self._on_progress)
        self._job.ended.connect(self._on_looked)

    @Slot(str, object, object)
    def _on_progress(self, what: str, done: int, total: int) -> None:
        self._state.setText(f"{what} {done:,} of {total:,}" if total else f"{what}…")

    @Slot(object)
    def _on_looked(self, ending: Ending) -> None:
        self._job = None
        self._state.setText("")
        if ending.kind == "done" and not self._wants:
            self._known.look = cast("Look", ending.result)
            self._show_look()
        elif ending.kind in ("refused", "failed"):
            self.show_empty(ending.sentence)
        self._show_controls()
        if self.isVisible():
            self.refresh()

    @Slot()
    def _on_all(self) -> None:
        if self._job is not None:
            self._job.cancel()
        else:
            self._wants = self._wants_all = True
            self.refresh()
            self._show_controls()

    def _find_duplicates(self) -> None:
        found, jobs = self._known.look, self.jobs
        if found is None or jobs is None or self._job is not None:
            return

        def work(progress: Progress) -> object:
            return find_duplicates(found.dataset, progress)

        self._job = jobs.start("The search for duplicates", work)
        self._job.progressed.connect(self._on_progress)
        self._job.ended.connect(self._on_duplicates)

    @Slot(object)
    def _on_duplicates(self, ending: Ending) -> None:
        self._job = None
        self._state.setText(ending.sentence)
        if ending.kind == "done" and not self._wants:
            self._known.duplicates = cast("Duplicates", ending.result)
            self._on_view()
        self._show_controls()
        if self.isVisible():
            self.refresh()

    def _compare(self) -> None:
        found, jobs, generated = self._known.look, self.jobs, self._known.generated
        if found is None or jobs is None or self._job is not None or generated is None:
            return

        def work(progress: Progress) -> object:
            pairs = beside_nearest(generated.generated[:COMPARED], found.dataset, progress)
            return generated.iteration, pairs

        self._job = jobs.start("The search for neighbours", work)
        self._job.progressed.connect(self._on_progress)
        self._job.ended.connect(self._on_compared)

    @Slot(object)
    def _on_compared(self, ending: Ending) -> None:
        self._job = None
        self._state.setText(ending.sentence)
        if ending.kind == "done" and not self._wants:
            self._known.pairs = cast("tuple[int, Floats]", ending.result)
            self._draw()
        self._show_controls()
        if self.isVisible():
            self.refresh()

    # Showing.

    def _show_look(self) -> None:
        found = self._known.look
        if found is None:
            return
        with QSignalBlocker(self.kind), QSignalBlocker(self.view):
            self.kind.clear()
            self.kind.addItem("All classes", None)
            for number, (name, count) in enumerate(found.counts[:LISTED]):
                self.kind.addItem(f"{name} ({count:,})", number)
            if not found.dataset.is_images and self.view.currentData() in IMAGE_VIEWS:
                self.view.setCurrentIndex(0)
        for index in range(self.view.count()):
            hides = not found.dataset.is_images and self.view.itemData(index) in IMAGE_VIEWS
            cast("QListView", self.view.view()).setRowHidden(index, hides)
        self.show_content()
        self._on_view()
        self.tell(self.summary())

    @Slot()
    def _on_view(self) -> None:
        self._page = 0
        if self.view.currentData() == "duplicates" and self._known.duplicates is None:
            self._find_duplicates()
        if self.view.currentData() == "neighbours":
            self._compare()
        self._draw()

    @Slot()
    def _on_back(self) -> None:
        self._page = max(0, self._page - 1)
        self._draw()

    @Slot()
    def _on_on(self) -> None:
        self._page += 1
        self._draw()

    def _draw(self) -> None:
        found = self._known.look
        if found is None:
            return
        is_images, view = found.dataset.is_images, self.view.currentData()
        self._pictures.setCurrentWidget(self.images if is_images else self.points)
        if is_images:
            self.images.set_images(self._known.pictured(found, view, self.kind.currentData(), self._page))
        else:
            points = np.asarray(found.dataset.part(0, len(found.dataset)), np.float32)
            chosen = points if view == "samples" else np.empty((0, 2), np.float32)
            seen = found.seen if view == "seen" and found.seen is not None else chosen[:0]
            self.points.show_points(points, seen, found.dataset.modes)
        self.facts.setPlainText(self._known.facts(view))
        self._show_controls()

    def _show_controls(self) -> None:
        found, view = self._known.look, self.view.currentData()
        is_images = found is not None and found.dataset.is_images
        pages = view in ("samples", "duplicates") and is_images
        count = len(self._known.numbers(view, self.kind.currentData())) if pages else 0
        self.kind.setVisible(
            bool(found and found.counts and found.dataset.labels is not None and view == "samples")
        )
        self.back.setVisible(count > PAGE)
        self.on.setVisible(count > PAGE)
        self.back.setEnabled(self._page > 0)
        self.on.setEnabled((self._page + 1) * PAGE < count)
        self.all.setVisible((found is not None and found.is_preview) or self._job is not None)
        self.all.setText("Cancel" if self._job is not None else "Load all")

    def _button(self, name: str, words: str, tip: str, key: str, then: object) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"data:{name}")
        button.setText(words)
        button.setAccessibleName(tip)
        button.setToolTip(f"{tip} ({key})")
        button.setShortcut(key)
        button.clicked.connect(then)
        self.controls.addWidget(button)
        return button
