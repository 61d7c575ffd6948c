import pytest
from panel_events import colours_in, experiment, rgb
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton

from ganstudio.engine.events import SAVE_ELSEWHERE, EditRefused, Trouble
from ganstudio.ui.panels.problems import KEPT, Problem, ProblemsPanel


@pytest.fixture
def panel(show_in_frame):
    made = ProblemsPanel()
    show_in_frame(made, 500, 400)
    made.reset(experiment())
    return made


def test_no_problems_is_said(panel):
    assert panel.is_empty
    assert panel.summary() == ""


def test_trouble_is_listed_at_once_and_counted(panel, qtbot):
    with qtbot.waitSignal(panel.count_changed, check_params_cb=lambda count: count == 1):
        panel.handle(Trouble(120, "The loss is not finite.", "Traceback: x"))
    assert panel.problems == (Problem("The loss is not finite.", "Traceback: x", 120),)
    assert not panel.is_empty
    with qtbot.waitSignal(panel.count_changed, check_params_cb=lambda count: count == 2):
        panel.report("The folder is gone.")
    assert panel.problems[0].sentence == "The folder is gone."
    assert "2 problems" in panel.summary()


def test_a_refused_edit_is_a_problem(panel):
    panel.handle(EditRefused(9, "lipschitz.weight", "It must not be negative."))
    assert panel.problems[0].sentence == "Penalty weight lambda was not changed: It must not be negative."


def test_details_unfold_and_are_hidden_where_there_are_none(panel, qtbot):
    panel.report("Plain.")
    assert not panel._cards[0].more.isVisible()
    panel.report("A fault.", "Traceback (most recent call last): …")
    card = panel._cards[0]
    qtbot.waitUntil(card.more.isVisible)
    assert not card.details.isVisible()
    qtbot.mouseClick(card.more, Qt.MouseButton.LeftButton)
    assert card.details.isVisible()
    assert "Traceback" in card.details.toPlainText()


def test_copy_puts_all_of_it_on_the_clipboard(panel, qtbot):
    panel.report("A fault.", "Traceback: x", 1200)
    qtbot.mouseClick(panel._cards[0].copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "At iteration 1,200: A fault.\n\nTraceback: x"


def test_the_same_problem_again_is_counted_on_its_entry(panel):
    for _ in range(3):
        panel.report("Again.", "", 5)
    assert len(panel.problems) == 1
    assert panel._cards[0]._where.text() == "iteration 5, 3 times"


def test_problems_are_dismissed_and_cleared(panel, qtbot):
    panel.report("One.")
    panel.report("Two.")
    dismiss = next(b for b in panel._cards[0].findChildren(QToolButton) if b.text() == "Dismiss")
    with qtbot.waitSignal(panel.count_changed, check_params_cb=lambda count: count == 1):
        qtbot.mouseClick(dismiss, Qt.MouseButton.LeftButton)
    assert [p.sentence for p in panel.problems] == ["One."]
    with qtbot.waitSignal(panel.count_changed, check_params_cb=lambda count: count == 0):
        qtbot.mouseClick(panel._clear, Qt.MouseButton.LeftButton)
    assert panel.is_empty


def test_the_list_is_bounded(panel):
    for i in range(KEPT + 10):
        panel.report(f"Problem {i}.")
    assert len(panel.problems) == KEPT
    assert panel.problems[0].sentence == f"Problem {KEPT + 9}."


@pytest.mark.parametrize("dark", [False, True])
def test_an_entry_is_marked_in_the_theme_s_colour(panel, dark):
    panel.report("One.")
    panel.set_dark(dark)
    assert colours_in(panel).get(rgb(panel.colours.error), 0) > 50


def test_markup_in_a_sentence_is_shown_as_it_is(panel):
    panel.report("The file <b>x</b> is missing.")
    labels = [child for child in panel._cards[0].children() if hasattr(child, "textFormat")]
    assert any(label.textFormat() == Qt.TextFormat.PlainText and "<b>" in label.text() for label in labels)


def test_what_has_a_remedy_offers_it_with_one_click(panel, qtbot):
    panel.handle(Trouble(1, "The disk is full.", fatal=False, remedy=SAVE_ELSEWHERE))
    button = panel.findChild(QToolButton, "problems:remedy")
    assert button.isVisible()
    assert button.text() == "Save elsewhere…"
    assert button.accessibleName()
    with qtbot.waitSignal(panel.remedy_chosen, check_params_cb=lambda name: name == SAVE_ELSEWHERE):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    panel.clear()
    panel.report("Something without a remedy.")
    assert not any(b.isVisible() for b in panel.findChildren(QToolButton, "problems:remedy"))
