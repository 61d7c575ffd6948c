"""The checkpoints of the session, and what can be done with each."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ganstudio.engine.events import Event
from ganstudio.errors import UserError
from ganstudio.experiment.model import Experiment
from ganstudio.session.entries import CheckpointEntry
from ganstudio.session.session import Session
from ganstudio.ui.background import Reader
from ganstudio.ui.button_actions import add_action
from ganstudio.ui.exports import Table
from ganstudio.ui.filmstrip import Filmstrip, details, marks, read_picture, title
from ganstudio.ui.mailbox import Opened, Saved, SessionReady
from ganstudio.ui.panel import Panel
from ganstudio.ui.picture_view import PictureView

LARGEST = 2048  # pixels of the enlarged picture
ACTIONS = (
    ("look", "Look", "Return", "Show the samples of this checkpoint enlarged"),
    ("pin", "Pin", "P", "Keep this checkpoint whatever the saving settings say"),
    ("revert", "Revert…", "R", "Go back to this checkpoint; what came after it is removed"),
    ("fork", "Fork…", "F", "Begin a new session with this checkpoint"),
    ("sample", "Sample", "S", "Draw new samples from this checkpoint"),
    ("export", "Export…", "E", "Export from this checkpoint"),
)


class CheckpointsPanel(Panel):
    """A strip of cards, newest first; the actions are for the selected one."""

    name = "checkpoints"
    title = "Checkpoints"
    area = "bottom"
    export_kinds = ("csv",)
    empty_text = "Checkpoints of the session will appear here, with their samples, from the first save on."
    explanation = (
        "<p>A checkpoint is the whole state of training at one iteration: networks, optimisers, random "
        "numbers. Training can go on from the newest one exactly as if it had never stopped.</p>"
        "<p><b>Pin</b> one and it stays, whatever the saving settings remove. <b>Revert</b> goes back to it "
        "and removes what came after. <b>Fork</b> begins a new session with it and leaves this one as it is. "
        "<b>Best</b> marks the one with the best figure, where the saving settings name one.</p>"
        "<p>Keys: Enter looks, P pins, R reverts, F forks, S samples, E exports.</p>"
    )

    pin_asked = Signal(object, bool)  # iteration (object: no 32-bit limit), pinned
    asked = Signal(str, object)  # "revert", "fork", "sample" or "export", and the iteration

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._is_stale = self._is_reading = False
        self._view: PictureView | None = None
        self._reader = Reader(self)
        self._reader.answered.connect(self._on_read)
        self.strip = Filmstrip("checkpoints:strip")
        self.strip.setAccessibleName("Checkpoints, newest first")
        self.strip.selectionModel().currentChanged.connect(self._on_selected)
        self.strip.cards.modelReset.connect(self._on_selected)
        self._origin = QLabel()
        self._origin.setObjectName("checkpoints:parent")
        self._origin.setTextFormat(Qt.TextFormat.PlainText)
        self._actions = {
            name: add_action(self.strip, self.controls, f"checkpoints:{name}", *spec)
            for name, *spec in ACTIONS
        }
        self.strip.doubleClicked.connect(self.look)
        self._actions["look"].triggered.connect(self.look)
        self._actions["pin"].triggered.connect(self._on_pin)
        for name in ("revert", "fork", "sample", "export"):
            self._actions[name].triggered.connect(self._on_asked)
        self.controls.addWidget(self._origin)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.strip)
        self._origin.hide()
        self._on_selected()

    def reset(self, experiment: Experiment) -> None:
        """Another experiment is shown; which session it belongs to comes as an event."""
        super().reset(experiment)
        self.reload()

    def handle(self, event: Event) -> None:
        """Follow the session and its checkpoints."""
        if isinstance(event, Opened | SessionReady):
            is_other = event.session is None or not self._session or event.session.path != self._session.path
            self._session = event.session
            if is_other:
                self.strip.cards.forget()
                self.show_empty(self.empty_text)
                if self._view is not None:
                    self._view.close()
            self.reload()
        elif isinstance(event, Saved):
            self.reload()

    def reload(self) -> None:
        """Read the list anew when it is next drawn."""
        self._is_stale = True
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Have the list read where it may have changed."""
        if not self._is_stale or self._is_reading:
            return
        self._is_stale = False
        session = self._session
        if session is None:
            self.strip.cards.forget()
            self._show_parent()
            self.show_empty(self.empty_text)
            return
        self._is_reading = True
        self._reader.ask(session, lambda: _entries(session))

    def recolour(self) -> None:
        """Take the theme's colours."""
        self.strip.painter.colours = self.colours
        self._origin.setStyleSheet(f"color: {self.colours.muted};")
        self.strip.viewport().update()

    def summary(self) -> str:
        """Say what is shown."""
        entries = self.strip.cards.entries
        if not entries:
            return ""
        count = f"{len(entries):,} checkpoint{'' if len(entries) == 1 else 's'}"
        return f"{count}, the newest of iteration {entries[0].iteration:,}."

    def table(self) -> Table:
        """Return one row a checkpoint, oldest first."""
        entries = list(reversed(self.strip.cards.entries))
        columns = ("iteration", "saved", "seconds", "size", "pinned", "best", "figure", "problem")
        return [(name, [getattr(entry, name) for entry in entries]) for name in columns]

    @Slot()
    def look(self) -> None:
        """Show the samples of the selected checkpoint enlarged."""
        if (entry := self.strip.current()) is None:
            return
        if self._view is None:
            self._view = PictureView(self, "checkpoints:view", "")
            self._view.stepped.connect(self._on_stepped)
            self._view.destroyed.connect(self._on_view_gone)
        self._show_in_view(entry)
        self._view.show()
        self._view.raise_()

    @Slot(object, object)
    def _on_read(self, session: Session, found: list[CheckpointEntry] | str) -> None:
        self._is_reading = False
        if session is not self._session:
            self._is_stale = True
        else:
            entries = [] if isinstance(found, str) else found
            self.strip.show_entries(entries)
            self._show_parent()
            if entries:
                self.show_content()
            else:
                self.show_empty(found if isinstance(found, str) else self.empty_text)
            self.tell(self.summary())
        if self.isVisible():
            self.refresh()

    def _show_parent(self) -> None:
        parent = self._session.record.parent if self._session else None
        self._origin.setVisible(parent is not None)
        if parent is not None:
            self._origin.setText(f"Fork of {parent.name} at iteration {parent.iteration:,}")
            self._origin.setToolTip(parent.path)

    @Slot()
    def _on_selected(self) -> None:
        entry = self.strip.current()
        for action in self._actions.values():
            action.setEnabled(entry is not None and not entry.problem)
        self._actions["look"].setEnabled(entry is not None and entry.picture is not None)
        self._actions["pin"].setEnabled(entry is not None)
        self._actions["pin"].setText("Unpin" if entry is not None and entry.pinned else "Pin")
        if entry is not None and self._view is not None:
            self._show_in_view(entry)

    @Slot()
    def _on_pin(self) -> None:
        if (entry := self.strip.current()) is not None:
            self.pin_asked.emit(entry.iteration, not entry.pinned)

    @Slot()
    def _on_asked(self) -> None:
        if (entry := self.strip.current()) is not None:
            self.asked.emit(self.sender().objectName().partition(":")[2], entry.iteration)

    @Slot(int)
    def _on_stepped(self, step: int) -> None:
        index = self.strip.currentIndex().siblingAtRow(self.strip.currentIndex().row() + step)
        if index.isValid():
            self.strip.setCurrentIndex(index)

    @Slot()
    def _on_view_gone(self) -> None:
        self._view = None

    def _show_in_view(self, entry: CheckpointEntry) -> None:
        if self._view is None or entry.picture is None:
            return
        words = ", ".join((*details(entry), *marks(entry)))
        drawn = int(entry.picture.stem)
        words += "" if drawn == entry.iteration else f". Samples drawn at iteration {drawn:,}"
        image = read_picture(entry.picture, LARGEST)
        self._view.show_picture(title(entry), f"{words}. Left and right arrow: newer and older.", image)


def _entries(session: Session) -> list[CheckpointEntry] | str:
    """The entries, or a sentence that says why there are none; called in another thread."""
    try:
        return session.checkpoint_entries()
    except (UserError, OSError) as error:
        return str(error)
