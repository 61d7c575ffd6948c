"""Cards of sessions on the start page: those that were interrupted, and those that were used last."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ganstudio.session.recent import InterruptedSession, RecentSession
from ganstudio.ui.card import Card
from ganstudio.ui.flow_layout import FlowLayout
from ganstudio.ui.recents import Recents

HEIGHT, INTERRUPTED_HEIGHT = 116, 150
SHOWN = 4  # before one filters or asks for all
TAGS_WIDTH = 34  # characters


class SessionCards(QWidget):
    """Filters by words, and offers what was interrupted first."""

    chosen = Signal(object)  # Path of a session to open
    dismissed = Signal(object)  # Path of an interrupted session that is not to be offered again
    forgotten = Signal(object)  # Path that is to leave the list

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recents = Recents()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self._interrupted_title = section("Interrupted: the program ended while these were being trained")
        column.addWidget(self._interrupted_title)
        self._interrupted = cards(column)
        column.addLayout(self._heading())
        self._none = QLabel("No session has all of these words in its name, tags and notes.")
        self._none.setProperty("role", "muted")
        column.addWidget(self._none)
        self._recent = cards(column)
        self._show()

    def show_recents(self, recents: Recents) -> None:
        """Show these, the newest first."""
        self._recents = recents
        self._show()

    def _heading(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._title = section("Go on with a recent session")
        self.filter = QLineEdit()
        self.filter.setObjectName("recent:filter")
        self.filter.setAccessibleName("Find sessions by name, tag or note")
        self.filter.setPlaceholderText("Find by name, tag or note")
        self.filter.setToolTip("Every word must stand in the name, the tags or the notes")
        self.filter.setClearButtonEnabled(True)
        self.filter.setFixedWidth(260)
        self.filter.textChanged.connect(self._show)
        self.all = QPushButton("Show all")
        self.all.setObjectName("recent:all")
        self.all.setAccessibleName("Show all recent sessions")
        self.all.setToolTip("Show all sessions that were used last, not only the newest")
        self.all.setCheckable(True)
        self.all.toggled.connect(self._show)
        row.addWidget(self._title)
        row.addStretch(1)
        for widget in (self.filter, self.all):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignBottom)
        return row

    @Slot()
    def _show(self) -> None:
        recents, words = self._recents, self.filter.text()
        interrupted = {entry.path for entry in recents.interrupted}
        found = [entry for entry in recents.matching(words) if entry.path not in interrupted]
        shows_all = self.all.isChecked() or bool(words)
        missing = recents.missing if shows_all and not words else ()
        _fill(self._interrupted, [self._interrupted_card(entry) for entry in recents.interrupted])
        listed = found if shows_all else found[:SHOWN]
        _fill(
            self._recent,
            [self._card(entry) for entry in listed] + [self._missing_card(path) for path in missing],
        )
        anything = bool(recents.sessions or recents.missing)
        self._interrupted_title.setVisible(bool(interrupted))
        self._title.setVisible(anything)
        self.filter.setVisible(anything)
        self.all.setVisible(len(found) > SHOWN or bool(recents.missing))
        self._none.setVisible(bool(words) and not found)

    def _card(self, entry: RecentSession) -> Card:
        when = entry.changed.strftime("%-d %B %Y, %H:%M")
        state = ", being trained" if entry.running else ", interrupted" if entry.interrupted else ""
        tags = " ".join(f"#{tag}" for tag in entry.tags)
        short = tags if len(tags) <= TAGS_WIDTH else f"{tags[: TAGS_WIDTH - 1]}…"
        text = f"{entry.iteration:,} iterations{state}\n{when}" + (f"\n{short}" if tags else "")
        card = Card(entry.name, text, "", self._picture(entry.thumbnail), HEIGHT)
        card.setToolTip("\n".join(filter(None, (str(entry.path), tags, entry.notes[:400]))))
        card.setProperty("session", str(entry.path))
        card.opened.connect(self._on_chosen)
        return card

    def _interrupted_card(self, entry: InterruptedSession) -> Card:
        text = f"Interrupted at iteration {entry.reached:,}\n"
        text += f"Saved at iteration {entry.iteration:,}" if entry.iteration else "Nothing was saved yet"
        card = Card(entry.name, text, " ", self._picture(entry.thumbnail), INTERRUPTED_HEIGHT)
        card.setToolTip(str(entry.path))
        card.setProperty("session", str(entry.path))
        card.opened.connect(self._on_chosen)
        restore = self._button(card, "Restore", f"Open {entry.name} where it was saved, ready to go on")
        restore.setObjectName("train")  # the look of the main thing to do
        restore.clicked.connect(self._on_chosen)
        dismiss = self._button(card, "Dismiss", f"Offer {entry.name} no more; it stays as it is")
        dismiss.clicked.connect(self._on_dismissed)
        return card

    def _missing_card(self, path: Path) -> Card:
        card = Card(path.name, "No longer there", str(path.parent), None, HEIGHT)
        card.setToolTip(str(path))
        card.setProperty("missing", str(path))
        remove = self._button(card, "Remove", f"Take {path.name} off this list")
        remove.clicked.connect(self._on_forgotten)
        return card

    def _button(self, card: Card, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(text.lower())
        button.setAccessibleName(tip)
        button.setToolTip(tip)
        button.setProperty("session", card.property("session") or card.property("missing"))
        card.footer.addWidget(button)
        return button

    def _picture(self, path: Path | None) -> QPixmap | None:
        image = self._recents.picture(path)
        return None if image is None else QPixmap.fromImage(image)

    @Slot()
    def _on_chosen(self) -> None:
        self.chosen.emit(Path(self.sender().property("session")))

    @Slot()
    def _on_dismissed(self) -> None:
        self.dismissed.emit(Path(self.sender().property("session")))

    @Slot()
    def _on_forgotten(self) -> None:
        self.forgotten.emit(Path(self.sender().property("session")))


def _fill(layout: FlowLayout, new: list[Card]) -> None:
    """Put these cards in the place of those that are there."""
    while (item := layout.takeAt(0)) is not None:
        if card := item.widget():
            card.setParent(None)
            card.deleteLater()
    for card in new:
        layout.addWidget(card)
    layout.parentWidget().setVisible(bool(new))


def section(text: str) -> QLabel:
    """A heading."""
    label = QLabel(f"<span style='font-size: 12pt; font-weight: 600;'>{text}</span>")
    label.setContentsMargins(0, 14, 0, 2)
    return label


def cards(column: QVBoxLayout) -> FlowLayout:
    """A place for cards, as the next thing in a column."""
    holder = QWidget()
    made = FlowLayout(holder, spacing=14)
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    holder.setSizePolicy(policy)
    column.addWidget(holder)
    return made
