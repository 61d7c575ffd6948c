from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ganstudio.experiment.files import presets
from ganstudio.session.recent import InterruptedSession, RecentSession
from ganstudio.ui.card import Card
from ganstudio.ui.memory import Memory
from ganstudio.ui.recents import Recents, look_up
from ganstudio.ui.start_page import StartPage


def recent(name: str, **values: object) -> RecentSession:
    when = datetime(2026, 11, 3, 14, 5, tzinfo=UTC)
    return RecentSession(Path("/sessions") / name, name, 1200, when, None, **values)


def memory(*entries: RecentSession) -> Memory:
    return Memory(Path, lambda: list(entries), lambda _: None, list, list)


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
    cards = {c.property("preset"): c for c in page.findChildren(Card) if c.property("preset")}
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
    page.sessions.show_recents(
        Recents(
            (recent("a <b>bold</b> name"), recent("crashed", interrupted=True), recent("busy", running=True))
        )
    )
    cards = [c for c in page.findChildren(Card) if c.property("session")]
    assert len(cards) == 3
    assert "a &lt;b&gt;bold" in words(cards[0])
    assert "1,200 iterations" in words(cards[0])
    assert "3 November 2026, 14:05" in words(cards[0])
    assert "interrupted" in words(cards[1])
    assert "being trained" in words(cards[2])
    with qtbot.waitSignal(page.sessions.chosen) as chosen:
        qtbot.mouseClick(cards[1], Qt.MouseButton.LeftButton)
    assert chosen.args == [Path("/sessions/crashed")]
    page.sessions.show_recents(Recents())
    assert not any(c.property("session") for c in page.findChildren(Card))


def test_a_thumbnail_that_cannot_be_read_is_left_out(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    entry = RecentSession(tmp_path, "x", 1, datetime.now(UTC), tmp_path / "broken.png")
    page = shown_page(qtbot)
    page.sessions.show_recents(look_up(memory(entry)))
    (card,) = [c for c in page.findChildren(Card) if c.property("session")]
    assert not any(label.pixmap().width() for label in card.findChildren(QLabel))


def session_cards(page: StartPage) -> list[str]:
    found = [c for c in page.findChildren(Card) if c.property("session")]
    return [Path(c.property("session")).name for c in found]


def test_sessions_are_found_by_name_tag_and_note(qtbot: QtBot) -> None:
    page = shown_page(qtbot)
    many = [
        recent(f"run {i}", tags=("clip",) if i == 7 else (), notes="diverged" * (i == 9)) for i in range(12)
    ]
    page.sessions.show_recents(Recents(tuple(many)))
    assert session_cards(page) == ["run 0", "run 1", "run 2", "run 3"]
    qtbot.mouseClick(page.sessions.all, Qt.MouseButton.LeftButton)
    assert len(session_cards(page)) == 12
    for typed, found in (("CLIP", ["run 7"]), ("run diver", ["run 9"]), ("1", ["run 1", "run 10", "run 11"])):
        page.sessions.filter.clear()
        qtbot.keyClicks(page.sessions.filter, typed)
        assert session_cards(page) == found
    page.sessions.filter.setText("clip")
    (card,) = [c for c in page.findChildren(Card) if c.property("session")]
    assert "#clip" in words(card)
    page.sessions.filter.setText("nothing like it")
    assert session_cards(page) == []
    assert "No session has all of these words" in " ".join(
        w.text() for w in page.findChildren(QLabel) if w.isVisible()
    )


def test_an_interrupted_session_is_offered_first_and_can_be_dismissed(qtbot: QtBot) -> None:
    when = datetime(2026, 11, 3, 14, 5, tzinfo=UTC)
    path = Path("/sessions/cut short")
    page = shown_page(qtbot)
    interrupted = InterruptedSession(path, path.name, 1200, 1234, when, None)
    page.sessions.show_recents(Recents((recent("cut short", interrupted=True),), (interrupted,)))
    (card,) = [c for c in page.findChildren(Card) if c.property("session")]
    assert "Interrupted at iteration 1,234" in words(card)
    assert "Saved at iteration 1,200" in words(card)
    for name, signal in (("train", page.sessions.chosen), ("dismiss", page.sessions.dismissed)):
        with qtbot.waitSignal(signal) as told:
            qtbot.mouseClick(card.findChild(QPushButton, name), Qt.MouseButton.LeftButton)
        assert told.args == [path]
    for child in card.findChildren(QWidget):
        assert card.rect().contains(child.geometry()), child


def test_what_is_missing_can_be_taken_off_the_list(qtbot: QtBot) -> None:
    page = shown_page(qtbot)
    page.sessions.show_recents(Recents((), (), (Path("/gone/run"),)))
    qtbot.mouseClick(page.sessions.all, Qt.MouseButton.LeftButton)
    (card,) = [c for c in page.findChildren(Card) if c.property("missing")]
    assert "No longer there" in words(card)
    with qtbot.waitSignal(page.sessions.forgotten) as told:
        qtbot.mouseClick(card.findChild(QPushButton, "remove"), Qt.MouseButton.LeftButton)
    assert told.args == [Path("/gone/run")]
