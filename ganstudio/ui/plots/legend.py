"""The legend of a plot: a button for each curve, with its colour and its value, that shows or hides it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QToolButton, QWidget

from ganstudio.ui.flow_layout import FlowLayout

ICON = QSize(12, 12)


@dataclass(frozen=True)
class Entry:
    """A curve in the legend; ``short`` is what its button says, where the title would take too much room."""

    name: str
    title: str
    colour: str
    help: str
    short: str = ""

    @property
    def words(self) -> str:
        """What stands beside the value."""
        return self.short or self.title


class Legend(QWidget):
    """Buttons in as many rows as they need."""

    toggled = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._flow = FlowLayout(self, spacing=4)
        self._buttons: dict[str, QToolButton] = {}
        self._shown: dict[str, Entry] = {}
        self._entries: list[Entry] = []

    def show_entries(self, entries: list[Entry]) -> None:
        """Show these curves; those that are hidden by the person stay so."""
        if entries == self._entries:
            return
        self._entries = entries
        known = {e.name for e in entries}
        for name, button in self._buttons.items():
            if name not in known:
                button.hide()
        for entry in entries:
            button = self._buttons.get(entry.name) or self._add(entry)
            self._shown[entry.name] = entry
            _fit(button, f"{entry.words} -0.00123")
            button.setIcon(_swatch(entry.colour))
            button.setToolTip(
                f"<qt><b>{entry.title}</b><br>{entry.help}<br><i>Click to show or hide.</i></qt>"
            )
            button.show()

    @property
    def names(self) -> list[str]:
        """Of the curves that are shown."""
        return [entry.name for entry in self._entries]

    def set_value(self, name: str, value: str) -> None:
        """Show a curve's value beside its title."""
        entry, button = self._shown[name], self._buttons[name]
        text = f"{entry.words} {value}"
        if button.text() != text:
            _fit(button, text, at_least=button.width())
            button.setText(text)
            button.setAccessibleName(f"Show {entry.title.lower()}, now {value}")

    def is_on(self, name: str) -> bool:
        """Whether the person wants to see a curve."""
        return name not in self._buttons or self._buttons[name].isChecked()

    def show_as_in(self, other: Legend, name: str) -> None:
        """Show or hide a curve as another legend does."""
        if name in self._buttons:
            self._buttons[name].setChecked(other.is_on(name))

    def button(self, name: str) -> QToolButton:
        """Return a curve's button."""
        return self._buttons[name]

    def _add(self, entry: Entry) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"{self.objectName()}:{entry.name}")
        button.setText(entry.words)
        button.setIconSize(ICON)
        button.setCheckable(True)
        button.setChecked(True)
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.toggled.connect(self._on_toggled)
        self._flow.addWidget(button)
        self._buttons[entry.name] = button
        return button

    def _on_toggled(self) -> None:
        self.toggled.emit(self.sender().objectName().rpartition(":")[2])


def _fit(button: QToolButton, text: str, at_least: int = 0) -> None:
    """Give a button a fixed size with room for the text, so that nothing jumps.

    A button without one has the whole window laid out anew at each change of its text.
    """
    width = button.fontMetrics().horizontalAdvance(text) + button.iconSize().width() + 14
    button.setFixedSize(max(width, at_least), button.sizeHint().height())


def _swatch(colour: str) -> QIcon:
    """Make a legend button's icon: a filled square, or an outline while the curve is hidden."""
    icon = QIcon()
    for state, filled in ((QIcon.State.On, True), (QIcon.State.Off, False)):
        picture = QPixmap(32, 32)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setPen(QColor(colour))
        painter.setBrush(QColor(colour) if filled else Qt.BrushStyle.NoBrush)
        painter.drawRect(3, 3, 25, 25)
        painter.end()
        icon.addPixmap(picture, QIcon.Mode.Normal, state)
    return icon
