"""Asks what shall be judged, and judges it while all else goes on."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ganstudio.data import DATASETS
from ganstudio.data.dataset import Progress
from ganstudio.metrics import FIGURES
from ganstudio.session.session import Session
from ganstudio.ui.job_dialog import JobDialog
from ganstudio.ui.jobs import Ending, Jobs

if TYPE_CHECKING:
    from ganstudio.engine.events import Evaluated
    from ganstudio.evaluation.evaluate import Request

NAME = Qt.ItemDataRole.UserRole
REMEMBERED = "evaluation/inception"  # where the settings keep the weights file


@dataclass(frozen=True)
class Judged:
    """Figures of a session."""

    path: Path
    evaluated: Evaluated


class EvaluationDialog(JobDialog):
    """It does not block the window, and may be closed while it judges."""

    judged = Signal(object)  # Judged

    def __init__(self, parent: QWidget, jobs: Jobs, settings: QSettings) -> None:
        super().__init__(parent, jobs, "evaluation")
        self.setWindowTitle("Evaluate")
        self.resize(560, 600)
        self.modest = False  # whether training runs, which goes first
        self._settings = settings
        self._session: Session | None = None
        self._make_widgets()
        self._arrange()
        self._show_figures()

    def set_session(self, session: Session | None) -> None:
        """Judge this session from now on; what is under way goes on."""
        self._session = session
        self._show_checkpoints()
        self._show_figures()
        self._update()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The figures that are ticked."""
        items = (self.figures.item(line) for line in range(self.figures.count()))
        return tuple(str(i.data(NAME)) for i in items if i.checkState() is Qt.CheckState.Checked)

    @Slot()
    def start(self) -> None:
        """Judge what is chosen."""
        session, names = self._session, self.chosen
        if session is None or self._job is not None:
            return
        if not names:
            self._say("Tick at least one figure.", is_error=True)
            return
        # All of them means all that can be had of these data: what cannot is left out, not refused.
        figures = () if len(names) == self._possible() else names
        samples, seeds = self.samples.value(), tuple(range(self.seeds.value()))
        split, at = self.split.currentData(), self.checkpoint.currentData()
        weights, modest, path = self.inception.text().strip(), self.modest, session.path

        def work(progress: Progress) -> Judged:
            from ganstudio.evaluation.evaluate import Request

            request = Request(figures, samples, seeds, split=split)
            return Judged(path, judge(path, request, at, weights, progress, modest=modest))

        self._begin("The evaluation", "Preparing", work)

    @Slot()
    def download(self) -> None:
        """Fetch the weights that torchvision names."""

        def work(progress: Progress) -> Path:
            from ganstudio.evaluation.inception_download import download_inception

            return download_inception(progress)

        self._begin("The download", "Preparing", work)

    @Slot()
    def choose_file(self) -> None:
        """Ask for a weights file."""
        kinds = "Weights (*.safetensors *.pth *.pt)"
        chosen, _ = QFileDialog.getOpenFileName(self, "Weights of Inception v3", self.inception.text(), kinds)
        if chosen:
            self.inception.setText(chosen)

    def _ended(self, end: Ending) -> None:
        if isinstance(end.result, Judged):
            count = len(end.result.evaluated.figures)
            at = end.result.evaluated.iteration
            self._say(f"{count} figures at iteration {at:,}; the Metrics panel shows them.")
            self.judged.emit(end.result)
        elif isinstance(end.result, Path):
            self.inception.setText(str(end.result))
            self._say("The weights are there, and their checksum is right.")
        elif end.kind == "cancelled":
            self._say("Cancelled; nothing was kept.")
        else:
            self._say(end.sentence, is_error=True)

    @Slot()
    def _on_inception(self) -> None:
        self._settings.setValue(REMEMBERED, self.inception.text().strip())
        self._show_figures()

    def _possible(self) -> int:
        flags = (self.figures.item(line).flags() for line in range(self.figures.count()))
        return sum(bool(f & Qt.ItemFlag.ItemIsEnabled) for f in flags)

    def _show_figures(self) -> None:
        """The figures for these data; those of Inception can be ticked once there are weights."""
        source = self._session.experiment.data.source if self._session else "digits"
        kind = "points" if "points" in DATASETS[source].traits else "images"
        has_weights = bool(self.inception.text().strip())
        self.figures.clear()
        for name, choice in FIGURES.items():
            if kind not in choice.traits:
                continue
            item = QListWidgetItem(choice.title)
            item.setData(NAME, name)
            item.setToolTip(choice.help)
            can = has_weights or "inception" not in choice.traits
            item.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled)
            item.setCheckState(Qt.CheckState.Checked if can else Qt.CheckState.Unchecked)
            if not can:
                item.setFlags(Qt.ItemFlag.ItemIsUserCheckable)
                item.setToolTip(f"{choice.help} It needs Inception's weights: choose or download them below.")
            self.figures.addItem(item)
        for widget in (self.inception, self._browse, self._download):
            widget.setEnabled(kind == "images")

    def _show_checkpoints(self) -> None:
        chosen = self.checkpoint.currentData()
        self.checkpoint.clear()
        self.checkpoint.addItem("The newest", None)
        for iteration in reversed(self._session.checkpoints() if self._session else []):
            self.checkpoint.addItem(f"Iteration {iteration:,}", iteration)
        self.checkpoint.setCurrentIndex(max(0, self.checkpoint.findData(chosen)))

    def _update(self) -> None:
        runs = self._job is not None
        self.bar.setVisible(runs)
        self._cancel.setVisible(runs)
        self._cancel.setEnabled(runs and not self._is_cancelled)
        self._start.setVisible(not runs)
        self._start.setEnabled(self._session is not None)
        self._form.setEnabled(not runs)

    # Building.

    def _make_widgets(self) -> None:
        self._form = QWidget()
        self.figures = QListWidget()
        self._name(self.figures, "figures", "Figures of quality", "Figures to compute; hover for meanings")
        self.checkpoint = QComboBox()
        self._name(self.checkpoint, "checkpoint", "Checkpoint", "The state whose generator is judged")
        self.split = QComboBox()
        self.split.addItem("Training data", "training")
        self.split.addItem("Held-out data", "held-out")
        self._name(self.split, "split", "Compared with", "The real samples that generated ones are held to")
        self.samples = QSpinBox(minimum=20, maximum=1_000_000, singleStep=500, value=2000)
        self._name(self.samples, "samples", "Samples", "Generated ones, and as many real ones")
        self.seeds = QSpinBox(minimum=1, maximum=100, value=1)
        self._name(self.seeds, "seeds", "Seeds", "Several repetitions give a spread, drawn as error bars")
        self.inception = QLineEdit(str(self._settings.value(REMEMBERED, "", type=str)))
        self.inception.setPlaceholderText("None: FID, KID and IS are left out")
        self._name(self.inception, "inception", "Weights of Inception v3", "A file of weights; remembered")
        self.inception.textChanged.connect(self._on_inception)
        self._browse = self._button("browse", "Browse…", "Choose a file of weights", self.choose_file)
        tip = "Fetch the weights that torchvision names (104 MB); their checksum is compared"
        self._download = self._button("download", "Download", tip, self.download)
        self._name(self.bar, "progress", "Progress of the evaluation", "How far it is")
        tip = "Judge the generator now; training goes on meanwhile"
        self._start = self._button("start", "Evaluate", tip, self.start)
        self._start.setProperty("role", "primary")
        self._cancel = self._button("cancel", "Cancel", "Stop; nothing is kept", self.cancel)
        self._close = self._button("close", "Close", "Close; what is under way goes on", self.close)

    def _arrange(self) -> None:
        weights = QHBoxLayout()
        for widget in (self.inception, self._browse, self._download):
            weights.addWidget(widget, 1 if widget is self.inception else 0)
        form = QFormLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow("Figures", self.figures)
        form.addRow("Checkpoint", self.checkpoint)
        form.addRow("Compared with", self.split)
        form.addRow("Samples", self.samples)
        form.addRow("Seeds", self.seeds)
        form.addRow("Inception", weights)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self._cancel, self._start, self._close):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.addWidget(self._form, 1)
        column.addWidget(self.message)
        column.addWidget(self.bar)
        column.addLayout(buttons)


def judge(
    path: Path, request: Request, at: int | None, weights: str, progress: Progress, *, modest: bool
) -> Evaluated:
    """Judge a session's checkpoint; in a job's thread. Raises UserError."""
    from ganstudio.evaluation.beside import modestly
    from ganstudio.evaluation.inception import inception_of
    from ganstudio.session.judging import judge_session

    with ExitStack() as stack:
        if modest:
            stack.enter_context(modestly())
        inception = inception_of(Path(weights).expanduser()) if weights else None
        return judge_session(Session.open(path), request, at=at, inception=inception, progress=progress)
