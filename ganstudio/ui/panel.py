"""What all panels share: a strip of controls, an explanation, export, and words for an empty panel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ganstudio.engine.events import Event
from ganstudio.errors import UserError
from ganstudio.experiment.model import Experiment
from ganstudio.session.moments import Moment
from ganstudio.ui import exports
from ganstudio.ui.dialogs import documents
from ganstudio.ui.flow_layout import FlowLayout
from ganstudio.ui.jobs import Jobs
from ganstudio.ui.overlays import Overlay
from ganstudio.ui.theme import Colours, colours

KINDS = {
    "png": "Picture (PNG)",
    "svg": "Drawing (SVG)",
    "csv": "Numbers (CSV)",
    "md": "Table (Markdown)",
    "txt": "Text (TXT)",
}


class Panel(QWidget):
    """One view of the training. It only listens: events come in by ``handle``, and ``refresh`` draws them.

    A subclass puts its widgets into ``content`` (by a layout) and ``controls``, and calls ``show_content``
    when there is something to see.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    area: ClassVar[str]  # "centre", "right-top", "right-bottom" or "bottom"
    explanation: ClassVar[str]  # "What am I looking at?", rich text
    empty_text: ClassVar[str] = "Nothing to see yet."
    export_kinds: ClassVar[tuple[str, ...]] = ()  # keys of KINDS

    export_failed = Signal(str)  # a sentence; the panel shows it too
    time_chosen = Signal(object)  # an iteration that all panels shall look back to; None for now
    overlay_asked = Signal(object, bool)  # Path of a session, and whether its curves shall lie over these

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"panel:{self.name}")
        self.setAccessibleName(self.title)
        self.experiment: Experiment | None = None
        self.jobs: Jobs | None = None  # the window's, for work that takes long
        self.colours: Colours = colours(dark=False)
        self.content = QWidget()
        self.content.setObjectName(f"{self.name}:content")
        self._empty = QLabel(self.empty_text)
        self._empty.setObjectName(f"{self.name}:empty")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setMargin(24)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.content)
        self._stack.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._stack.setMinimumHeight(64)
        self._notice = QLabel()
        self._notice.setWordWrap(True)
        self._notice.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 6)
        column.setSpacing(4)
        column.addLayout(self._strip())
        column.addWidget(self._notice)
        column.addWidget(self._stack, 1)
        self._tint()

    # What the window calls.

    def reset(self, experiment: Experiment) -> None:
        """Forget all and say what will appear: a run or a session begins. Subclasses add to it."""
        self.experiment = experiment
        self._notice.hide()
        self.show_empty(self.empty_text)

    @property
    def suits(self) -> bool:
        """Whether there will ever be anything to see of this experiment."""
        return True

    def plan(self, experiment: Experiment) -> None:
        """Learn what the form holds now; it is not what is trained until training begins."""

    def handle(self, event: Event) -> None:
        """Remember what an event says; called in the window's thread for every event, so it must be cheap."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Draw what changed since the last call; the window calls it only while the panel can be seen."""
        raise NotImplementedError

    def show_moment(self, moment: Moment | None) -> None:
        """Look back to a moment of the session, or at now again; events of now are handled meanwhile.

        A panel that shows what is true at one iteration shows the moment's; one with a time axis marks it.
        """

    def show_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Draw these sessions' curves over those of the session; called whenever something came to them."""

    def set_dark(self, dark: bool) -> None:  # noqa: FBT001 - one state of two, as in Qt's setters
        """Take the colours of the dark or the light theme."""
        self.colours = colours(dark)
        self._tint()
        self.recolour()

    def summary(self) -> str:
        """Say in words what the panel shows; "" while it shows nothing."""
        return ""

    def export(self, path: Path) -> None:
        """Write what the panel shows; the file's ending says how. Raises UserError."""
        kind = path.suffix.lower().removeprefix(".")
        if kind not in self.export_kinds:
            raise UserError(f"{path.name} must end in {' or '.join('.' + k for k in self.export_kinds)}.")
        exports.write(path, self.exported(kind))

    # What a subclass may fill in.

    def recolour(self) -> None:
        """Redraw in the new ``colours``."""

    def explained(self) -> str:
        """Return the explanation of what is shown now."""
        return self.explanation

    def table(self) -> exports.Table:
        """Return the panel's numbers, for a CSV file."""
        return ()

    def exported(self, kind: str) -> bytes:
        """Return a file's content of that kind."""
        return exports.comma_separated(self.table()) if kind == "csv" else exports.picture(self.content)

    # What a subclass may use.

    @property
    def is_empty(self) -> bool:
        """Whether the words for an empty panel are shown."""
        return self._stack.currentWidget() is self._empty

    def show_empty(self, text: str) -> None:
        """Show only these words, which say what will appear here and when."""
        self._empty.setText(text)
        self._empty.setAccessibleName(text)
        self._stack.setCurrentWidget(self._empty)
        self._export.setEnabled(False)

    def show_content(self) -> None:
        """Show ``content``."""
        self._stack.setCurrentWidget(self.content)
        self._export.setEnabled(True)

    def tell(self, text: str) -> None:
        """Keep the panel's text summary, which screen readers speak, up to date."""
        self.content.setAccessibleDescription(text)

    def _strip(self) -> QHBoxLayout:
        strip = QHBoxLayout()
        strip.setSpacing(6)
        holder = QWidget()
        self.controls = FlowLayout(holder, spacing=6)
        strip.addWidget(holder, 1)
        self._export = QToolButton()
        self._export.setText("Export ▾")
        self._export.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self._export.setObjectName(f"{self.name}:export")
        self._export.setAccessibleName(f"Export {self.title.lower()}")
        self._export.setAutoRaise(True)
        self._export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._export.setVisible(bool(self.export_kinds))
        menu = QMenu(self._export)
        for kind in self.export_kinds:
            action = QAction(f"{KINDS[kind]}…", menu)
            action.setData(kind)
            menu.addAction(action)
        menu.triggered.connect(self._ask_where)
        self._export.setMenu(menu)
        self._help = QToolButton()
        self._help.setText("?")
        self._help.setObjectName(f"{self.name}:help")
        self._help.setToolTip("What am I looking at?")
        self._help.setAccessibleName(f"What am I looking at? Explanation of {self.title.lower()}")
        self._help.setAutoRaise(True)
        self._help.clicked.connect(self.explain)
        for button in (self._export, self._help):
            strip.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return strip

    def explain(self) -> QWidget:
        """Open the explanation below its button; a click elsewhere or Escape closes it."""
        popover = Explanation(self.title, self.explained(), self)
        popover.adjustSize()
        corner = self._help.mapToGlobal(QPoint(self._help.width(), self._help.height() + 4))
        popover.move(max(0, corner.x() - popover.width()), corner.y())
        popover.show()
        return popover

    def _ask_where(self, action: QAction) -> None:
        kind = str(action.data())
        suggestion = f"{self.experiment.name if self.experiment else 'ganstudio'} {self.name}.{kind}"
        chosen, _ = QFileDialog.getSaveFileName(
            self, f"Export {self.title.lower()}", str(documents() / suggestion), f"{KINDS[kind]} (*.{kind})"
        )
        if chosen:
            path = Path(chosen)
            self.try_export(
                path if path.suffix.lower() == f".{kind}" else path.with_name(f"{path.name}.{kind}")
            )

    def try_export(self, path: Path) -> None:
        """Export, and where that fails say why in the panel instead of raising."""
        try:
            self.export(path)
        except UserError as error:
            self._notice.setText(str(error))
            self._notice.show()
            self.export_failed.emit(str(error))
        else:
            self._notice.hide()

    def _tint(self) -> None:
        self._empty.setStyleSheet(f"color: {self.colours.muted};")
        self._notice.setStyleSheet(f"color: {self.colours.error};")


class Explanation(QFrame):
    """A small window of rich text that goes away when a person clicks elsewhere."""

    def __init__(self, title: str, text: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName("What am I looking at?")
        label = QLabel(f"<h3>{title}</h3>{text}")
        label.setObjectName("explanation")
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setWordWrap(True)
        label.setFixedWidth(420)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 12)
        column.addWidget(label)
