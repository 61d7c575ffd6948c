"""The first thing a person sees: presets to train with one click, and sessions to go on with."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ganstudio.experiment.files import Preset, presets
from ganstudio.experiment.pairs import Pair, pairs
from ganstudio.paths import resource
from ganstudio.ui.card import Card
from ganstudio.ui.session_cards import SessionCards, cards, section

PRESET_HEIGHT = 136


class StartPage(QScrollArea):
    """Cards of recent sessions and of presets."""

    preset_chosen = Signal(str)  # name of the preset
    preset_trained = Signal(str)  # name of the preset: train it at once
    pair_trained = Signal(str)  # name of the pair: train both side by side at once

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Start page")
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(36, 20, 36, 20)
        column.setSpacing(10)
        heading = QLabel("<span style='font-size: 20pt; font-weight: 600;'>GAN Studio</span>")
        intro = QLabel("Press Train on a card and watch a network learn. Everything is saved as it goes.")
        intro.setProperty("role", "muted")
        column.addWidget(heading)
        column.addWidget(intro)
        self._problem = QLabel("")
        self._problem.setObjectName("problem")
        self._problem.setProperty("role", "error")
        self._problem.setWordWrap(True)
        self._problem.hide()
        column.addWidget(self._problem)
        self.sessions = SessionCards()
        column.addWidget(self.sessions)
        column.addWidget(section("Two runs side by side"))
        self._pairs = cards(column)
        for pair in pairs().values():
            self._pairs.addWidget(self._pair_card(pair))
        column.addWidget(section("Begin with a preset"))
        self._presets = cards(column)
        column.addStretch(1)
        self.setWidget(page)
        for preset in presets().values():
            self._presets.addWidget(self._preset_card(preset))

    def show_problem(self, sentence: str) -> None:
        """Show what went wrong above the cards; "" shows nothing."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def _preset_card(self, preset: Preset) -> Card:
        card = Card(preset.title, preset.summary, preset.time, _thumbnail(preset.name), PRESET_HEIGHT)
        card.setToolTip(f"{preset.expect} Click for its settings.")
        button = QPushButton("Train")
        button.setObjectName("train")
        button.setAccessibleName(f"Train {preset.title}")
        button.setToolTip(f"Train {preset.iterations:,} iterations now")
        card.footer.addWidget(button)
        card.setProperty("preset", preset.name)
        button.setProperty("preset", preset.name)
        card.opened.connect(self._open_preset)
        button.clicked.connect(self._train_preset)
        return card

    def _pair_card(self, pair: Pair) -> Card:
        card = Card(pair.title, pair.summary, pair.time, _thumbnail(pair.left.name), PRESET_HEIGHT)
        card.setToolTip(pair.words)
        button = QPushButton("Train both")
        button.setObjectName("train")
        button.setAccessibleName(f"Train both of {pair.title}")
        button.setToolTip(f"Train {pair.iterations:,} iterations of each now, side by side")
        card.footer.addWidget(button)
        card.setProperty("pair", pair.name)
        button.setProperty("pair", pair.name)
        card.opened.connect(self._train_pair)
        button.clicked.connect(self._train_pair)
        return card

    @Slot()
    def _train_pair(self) -> None:
        self.pair_trained.emit(self.sender().property("pair"))

    @Slot()
    def _open_preset(self) -> None:
        self.preset_chosen.emit(self.sender().property("preset"))

    @Slot()
    def _train_preset(self) -> None:
        self.preset_trained.emit(self.sender().property("preset"))


def _thumbnail(preset: str) -> QPixmap | None:
    """The picture of a preset's real samples; None where there is none."""
    try:
        return QPixmap(str(resource("thumbnails", f"{preset}.png")))
    except FileNotFoundError:
        return None
