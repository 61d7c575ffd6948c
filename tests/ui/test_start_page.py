from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ganstudio.experiment.files import presets
from ganstudio.session.recent import RecentSession
from ganstudio.ui.start_page import Card, StartPage


def recent(name: str, **values: object) -> RecentSession:
    when = datetime(2026, 11, 3, 14, 5, tzinfo=UTC)
    return RecentSession(Path("/sessions") / name, name, 1200, when, None, **values)


def shown_page(qtbot: QtBot) -> StartPage:
    page = StartPage()
    qtbot.addWidget(page)
    page.resize(1200, 800)
    page.show()
    return page


def words(card: Card) -> str:
    return " ".join(label.text() for label in card.findChildren(QLabel))


def test_every_preset_has_a_card_with_words_time_and_train(qtbot: QtBot) -> None:
    page = shown_page(qtbot)
    cards = {c.property("preset"): c for c in page.findChildren(Card)}
    assert list(cards) == list(presets())
    for name, preset in presets().items():
        assert preset.title in words(cards[name])
        assert preset.summary in words(cards[name])
        assert preset.time in words(cards[name])
        button = cards[name].findChild(QPushButton, "train")
        with qtbot.waitSignal(page.preset_trained) as trained:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert trained.args == [name]
        with qtbot.waitSignal(page.preset_chosen) as chosen:
            qtbot.mouseClick(cards[name], Qt.MouseButton.LeftButton)
        assert chosen.args == [name]


def test_nothing_in_a_card_is_clipped(qtbot: QtBot) -> None:
    page = shown_page(qtbot)
    for card in page.findChildren(Card):
        for child in card.findChildren(QWidget):
            if child.isVisibleTo(card):
                assert card.rect().contains(child.geometry()), (card.property("preset"), child)
        for label in card.findChildren(QLabel):
            if label.wordWrap():
                assert label.heightForWidth(label.width()) <= label.height(), label.text()


def test_recent_sessions_come_first_and_open(qtbot: QtBot) -> None:
    page = shown_page(qtbot)
    assert not any(c.property("session") for c in page.findChildren(Card))
    page.show_recent(
        [recent("a <b>bold</b> name"), recent("crashed", interrupted=True), recent("busy", running=True)]
    )
    cards = [c for c in page.findChildren(Card) if c.property("session")]
    assert len(cards) == 3
    assert "a &lt;b&gt;bold" in words(cards[0])
    assert "1,200 iterations" in words(cards[0])
    assert "3 November 2026, 14:05" in words(cards[0])
    assert "interrupted" in words(cards[1])
    assert "being trained" in words(cards[2])
    with qtbot.waitSignal(page.session_chosen) as chosen:
        qtbot.mouseClick(cards[1], Qt.MouseButton.LeftButton)
    assert chosen.args == [Path("/sessions/crashed")]
    page.show_recent([])
    assert not any(c.property("session") for c in page.findChildren(Card))


def test_a_thumbnail_that_cannot_be_read_is_left_out(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    page = shown_page(qtbot)
    page.show_recent([RecentSession(tmp_path, "x", 1, datetime.now(UTC), tmp_path / "broken.png")])
    (card,) = [c for c in page.findChildren(Card) if c.property("session")]
    assert not any(label.pixmap().width() for label in card.findChildren(QLabel))
