"""What happened, line by line."""

from __future__ import annotations

from collections import deque

from PySide6.QtGui import QFontDatabase, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from ganstudio.engine.events import (
    Checkpoint,
    Edited,
    EditRefused,
    Event,
    Finished,
    Started,
    StateChanged,
    Trouble,
)
from ganstudio.experiment.describe import row
from ganstudio.experiment.model import Experiment
from ganstudio.ui.panel import Panel

LINES = 5000  # kept at most
SKIPPED = 20  # names listed at most
ENDINGS = {
    "finished": "Finished.",
    "stopped": "Stopped by you.",
    "failed": "Stopped because something went wrong.",
}
STAGES = {"critic": "critic step", "generator": "generator step"}


class LogPanel(Panel):
    """Readable lines that can be copied."""

    name = "log"
    title = "Log"
    area = "bottom"
    export_kinds = ("txt",)
    empty_text = (
        "What happens while training will be written down here: start, edits, pauses, checkpoints, end."
    )
    explanation = (
        "<p>One line for everything that happened, with the iteration at which it did. An iteration is one "
        "update of the generator. Select lines and copy them with Ctrl+C.</p>"
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[str] = deque(maxlen=LINES)
        self._text = QPlainTextEdit()
        self._text.setObjectName("log:text")
        self._text.setAccessibleName("Log of the training")
        self._text.setReadOnly(True)
        self._text.setUndoRedoEnabled(False)
        self._text.setMaximumBlockCount(LINES)
        self._text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._text)

    def reset(self, experiment: Experiment) -> None:
        """Forget all lines."""
        super().reset(experiment)
        self._waiting.clear()
        self._text.clear()

    def handle(self, event: Event) -> None:
        """Remember the event's lines."""
        for words in lines(event):
            self._waiting.append(f"{event.iteration:>8,}  {words}")

    def refresh(self) -> None:
        """Write the new lines; the view stays at the end unless the person scrolled away."""
        if self._waiting:
            self.show_content()
            self._text.appendPlainText("\n".join(self._waiting))
            self._waiting.clear()
            self.tell(self.summary())

    def text(self) -> str:
        """Return all lines that are shown."""
        return self._text.toPlainText()

    def summary(self) -> str:
        """Say how much there is and what came last."""
        count = self._text.blockCount() if self.text() else 0
        last = self._text.document().lastBlock().text().strip()
        return f"{count} line{'' if count == 1 else 's'}, the last: {last}" if count else ""

    def exported(self, kind: str) -> bytes:  # noqa: ARG002 - there is one kind
        """Return the lines as a text file's content."""
        return f"{self.text()}\n".encode()


def lines(event: Event) -> list[str]:
    """Say in plain lines what an event tells; none for the events that come all the time."""
    match event:
        case Started():
            return _started(event)
        case StateChanged(state="paused"):
            done = f" after {event.critic_step} critic steps" if event.critic_step else ""
            return [f"Paused{done}; next is a {STAGES[event.stage]}."]
        case StateChanged():
            return ["Training."]
        case Edited():
            setting = row(event.path)
            return [f"{setting.group_title}: {setting.info.title} changed from {event.old} to {event.new}."]
        case EditRefused():
            return [f"{row(event.path).info.title} was not changed: {event.sentence}"]
        case Checkpoint():
            return ["Checkpoint."]
        case Trouble():
            return [event.sentence]
        case Finished():
            return [ENDINGS[event.reason]]
        case _:
            return []


def _started(event: Started) -> list[str]:
    begins = "Started on" if event.iteration == 0 else "Went on with"
    shape = " x ".join(map(str, event.sample_shape)) if len(event.sample_shape) > 1 else "2-D points"
    held = f" and {event.held_out_size:,} held out" if event.held_out_size else ""
    data = f"Data: {event.dataset_size:,} samples{held}, {shape}."
    sizes = f"Parameters: generator {event.generator_parameters:,}, critic {event.critic_parameters:,}."
    found = [
        f"{begins} {event.device_title}, up to iteration {event.target_iteration:,}.",
        f"{data} {sizes}",
    ]
    if event.skipped:
        count = len(event.skipped)
        found.append(f"{count:,} file{'' if count == 1 else 's'} could not be used:")
        found += [f"    {name}: {reason}" for name, reason in event.skipped[:SKIPPED]]
        if count > SKIPPED:
            found.append(f"    and {count - SKIPPED:,} more.")
    return found
