import pytest
from panel_events import experiment, samples, started, wgan_gp

from ganstudio.engine.events import Checkpoint, Edited, EditRefused, Finished, Snapshot, StateChanged, Trouble
from ganstudio.ui.panels.log import LINES, SKIPPED, LogPanel, lines


@pytest.fixture
def panel(show_in_frame):
    made = LogPanel()
    show_in_frame(made, 500, 300)
    made.reset(experiment())
    return made


def test_events_become_readable_lines(panel):
    for event in (
        started(),
        wgan_gp(1, 10),
        samples(10),
        Edited(40, "lipschitz.weight", 10.0, 0.01),
        StateChanged(41, "paused", "critic", 2),
        StateChanged(41, "running", "critic", 2),
        Checkpoint(1000, Snapshot(1000, {}, {})),
        Finished(1000, "stopped"),
    ):
        panel.handle(event)
    panel.refresh()
    assert [line.split(None, 1) for line in panel.text().splitlines()] == [
        ["0", "Started on CPU (1 thread), up to iteration 1,000."],
        ["0", "Data: 1,797 samples, 1 x 8 x 8. Parameters: generator 12,345, critic 6,789."],
        ["40", "Lipschitz control: Penalty weight lambda changed from 10.0 to 0.01."],
        ["41", "Paused after 2 critic steps; next is a critic step."],
        ["41", "Training."],
        ["1,000", "Checkpoint."],
        ["1,000", "Stopped by you."],
    ]
    assert panel.summary() == "7 lines, the last: 1,000  Stopped by you."


def test_skipped_files_are_listed_up_to_a_point():
    skipped = tuple((f"{i}.txt", "it is not an image") for i in range(SKIPPED + 5))
    words = lines(started(skipped=skipped))
    assert words[2] == "25 files could not be used:"
    assert words[3] == "    0.txt: it is not an image"
    assert words[-1] == "    and 5 more."
    assert len(words) == 3 + SKIPPED + 1


def test_resuming_trouble_and_refusals_are_told():
    assert lines(started(iteration=500))[0] == "Went on with CPU (1 thread), up to iteration 1,000."
    assert lines(Trouble(3, "The loss is not finite.", "trace")) == ["The loss is not finite."]
    assert lines(EditRefused(3, "schedule.n_critic", "It must be at least 1.")) == [
        "Critic steps per generator step was not changed: It must be at least 1."
    ]


def test_the_log_is_bounded(panel):
    for iteration in range(3 * LINES):
        panel.handle(Finished(iteration, "finished"))
        if iteration % LINES == 7:
            panel.refresh()
    panel.refresh()
    assert panel._text.blockCount() == LINES
    assert panel.text().splitlines()[-1].startswith("  14,999")


def test_an_empty_log_says_what_will_appear_and_reset_empties_it(panel):
    panel.refresh()
    assert panel.is_empty
    panel.handle(Finished(1, "failed"))
    panel.refresh()
    assert not panel.is_empty
    assert panel._text.isReadOnly()
    panel.reset(experiment())
    panel.refresh()
    assert panel.is_empty
    assert panel.text() == ""


def test_the_log_can_be_saved_as_text(panel, tmp_path):
    panel.handle(Finished(1, "finished"))
    panel.refresh()
    panel.export(tmp_path / "log.txt")
    assert (tmp_path / "log.txt").read_text().split() == ["1", "Finished."]
