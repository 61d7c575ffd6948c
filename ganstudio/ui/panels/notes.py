"""What the person writes about a session: notes and tags, saved as one types."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from ganstudio.engine.events import Event
from ganstudio.errors import UserError
from ganstudio.experiment.model import Experiment
from ganstudio.session.session import Session
from ganstudio.ui.mailbox import Opened, SessionReady
from ganstudio.ui.panel import Panel

PATIENCE_MS = 800  # without a key before what was typed is saved
TAGS_WIDTH = 320


class NotesPanel(Panel):
    """A line of tags and a page of notes."""

    name = "notes"
    title = "Notes"
    area = "bottom"
    export_kinds = ("txt",)
    empty_text = "Notes and tags belong to a session: train, or open one, and write here what you saw."
    explanation = (
        "<p>Write down what you tried and what you saw. Notes and tags are saved as you type, lie in the "
        "session's folder, and go with it when it is copied or exported.</p><p><b>Tags</b> are words between "
        "commas. The start page shows them and finds sessions by them.</p>"
    )

    edited = Signal(object, str, object)  # Session, notes, tags as a tuple

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._timer = QTimer(self, interval=PATIENCE_MS, singleShot=True)
        self._timer.timeout.connect(self.flush)
        self.tags = _TagsField()
        self.tags.setObjectName("notes:tags")
        self.tags.setAccessibleName("Tags of the session, with commas between them")
        self.tags.setPlaceholderText("Tags, with commas between them")
        self.tags.setToolTip("For example: clipping, baseline")
        self.notes = QPlainTextEdit()
        self.notes.setObjectName("notes:text")
        self.notes.setAccessibleName("Notes on the session")
        self.notes.setPlaceholderText("What did you try, and what did you see?")
        self.notes.setToolTip("Saved as you type")
        self.notes.setTabChangesFocus(True)
        self._state = QLabel()
        self._state.setObjectName("notes:state")
        self.controls.addWidget(self.tags)
        self.controls.addWidget(self._state)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.notes)
        self.tags.hide()
        self.tags.textEdited.connect(self._on_typed)
        self.notes.textChanged.connect(self._on_typed)

    def reset(self, experiment: Experiment) -> None:
        """Keep what is noted: the session is told before its history, or the training that writes it."""
        super().reset(experiment)
        if self._session is not None:
            self.show_content()
            self._notice.setVisible(self.notes.isReadOnly())

    def handle(self, event: Event) -> None:
        """Follow the session."""
        if isinstance(event, Opened | SessionReady):
            self._show(event.session)

    def refresh(self) -> None:
        """Nothing comes from training."""

    def flush(self) -> None:
        """Have what was typed saved now."""
        if self._timer.isActive() or self._state.text() == "Not saved yet":
            self._timer.stop()
            if self._session is not None:
                self.edited.emit(self._session, self.notes.toPlainText(), tuple(self.tags.text().split(",")))

    def show_saved(self, session: Session, sentence: str = "") -> None:
        """Say that what was typed is saved; a sentence says why it is not."""
        if self._session is None or session.path != self._session.path or self._timer.isActive():
            return
        self._state.setText("Not saved" if sentence else "Saved")
        self._notice.setText(sentence)
        self._notice.setVisible(bool(sentence))

    def summary(self) -> str:
        """Say what there is."""
        if self._session is None:
            return ""
        return f"Tags: {self.tags.text() or 'none'}. Notes: {self.notes.toPlainText() or 'none'}."

    def exported(self, kind: str) -> bytes:  # noqa: ARG002 - there is one kind
        """Return tags and notes as a text file's content."""
        notes = self.notes.toPlainText() or "No notes."
        return f"Tags: {self.tags.text() or 'none'}\n\n{notes}\n".encode()

    def recolour(self) -> None:
        """Take the theme's colours."""
        self._state.setStyleSheet(f"color: {self.colours.muted};")

    def _show(self, session: Session | None) -> None:
        self.flush()
        is_same = session is not None and self._session is not None and session.path == self._session.path
        self._session = session
        self.tags.setVisible(session is not None)
        if session is None:
            self.show_empty(self.empty_text)
        elif not is_same:
            self._load(session)
        if session is not None:
            self.show_content()

    def _load(self, session: Session) -> None:
        notes, tags, sentence = "", "", ""
        try:
            found = session.annotations
            notes, tags = found.notes, ", ".join(found.tags)
        except UserError as error:
            sentence = str(error)
        self.notes.blockSignals(True)  # noqa: FBT003 - Qt's way
        self.notes.setPlainText(notes)
        self.notes.blockSignals(False)  # noqa: FBT003 - Qt's way
        self.tags.setText(tags)
        for field in (self.notes, self.tags):
            field.setReadOnly(bool(sentence))  # what cannot be read is left as it is
        self._state.setText("")
        self._notice.setText(sentence)
        self._notice.setVisible(bool(sentence))

    def _on_typed(self) -> None:
        self._state.setText("Not saved yet")
        self._timer.start()


class _TagsField(QLineEdit):
    """Wide enough for some tags, where there is room."""

    def sizeHint(self) -> QSize:
        """Qt asks for it: the width that is wanted."""
        return super().sizeHint().expandedTo(QSize(TAGS_WIDTH, 0))
