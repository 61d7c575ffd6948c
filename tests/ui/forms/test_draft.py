import pytest

from ganstudio.experiment.describe import flatten, row, rows
from ganstudio.experiment.model import Experiment
from ganstudio.ui.forms.draft import judge
from ganstudio.ui.forms.editors import step_float, step_int
from ganstudio.ui.forms.words import bounds_words, number_text, sentence, tooltip


def values(**changes):
    return {**flatten(Experiment()), **{path.replace("__", "."): value for path, value in changes.items()}}


def test_good_values_are_an_experiment():
    verdict = judge(values(lipschitz__weight=3.0))
    assert verdict.experiment is not None
    assert verdict.experiment.lipschitz.weight == 3.0
    assert verdict.may_train


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("schedule.batch_size", "abc"),
        ("schedule.batch_size", ""),
        ("lipschitz.weight", "-1"),
        ("seed", "1.5"),
    ],
)
def test_what_makes_no_sense_is_an_issue_at_its_setting(path, typed):
    verdict = judge({**values(), path: typed})
    assert verdict.experiment is None
    assert [issue.path for issue in verdict.issues] == [path]


def test_a_hidden_setting_cannot_stand_in_the_way_and_its_draft_stays():
    draft = values(lipschitz__kind="weight-clipping", lipschitz__weight="abc")
    verdict = judge(draft)
    assert verdict.experiment is not None
    assert verdict.experiment.lipschitz.weight == row("lipschitz.weight").default
    assert draft["lipschitz.weight"] == "abc"


def test_a_rule_about_a_hidden_setting_cannot_stand_in_the_way():
    assert judge(values(data__source="ring", data__channels=2)).experiment is not None
    assert judge(values(data__channels=2)).experiment is None


def test_a_missing_folder_is_an_experiment_that_cannot_be_trained_yet():
    verdict = judge(values(data__source="folder"))
    assert verdict.experiment is not None
    assert not verdict.may_train
    assert [issue.path for issue in verdict.missing] == ["data.path"]


@pytest.mark.parametrize(
    ("number", "text"),
    [(2e-07, "2e-07"), (10.0, "10"), (0.0001, "0.0001"), (5, "5"), ("v1.0", "v1.0"), (1e16, "1e+16")],
)
def test_numbers_are_written_so_that_they_read_back(number, text):
    assert number_text(number) == text
    assert type(number)(text) == number


def test_bounds_are_told_in_words():
    assert bounds_words(row("schedule.batch_size").bounds) == "At least 2 and at most 8192"
    assert bounds_words(row("lipschitz.target").bounds) == "Greater than 0 and at most 10000"
    assert bounds_words(row("name").bounds) == ""


def test_every_tooltip_holds_help_and_the_path_for_the_command_line():
    for setting in rows():
        assert setting.path in tooltip(setting)
        assert "cannot change" in tooltip(setting, running=True) or setting.info.live


def test_issues_become_whole_sentences():
    setting = row("lipschitz.weight")
    bounds = judge(values(lipschitz__weight=-2.0)).issues[0]
    assert sentence(bounds, setting, -2.0) == "Penalty weight lambda must be at least 0; -2 is not."
    empty = judge(values(lipschitz__weight="")).issues[0]
    assert sentence(empty, setting, "") == "Penalty weight lambda is empty; type a number."


@pytest.mark.parametrize(
    ("number", "direction", "tenfold", "then"),
    [
        (1e-4, 1, False, 2e-4), (1e-4, -1, False, 9e-5), (0.3, 1, False, 0.4), (10.0, -1, False, 9.0),
        (9.0, 1, False, 10.0),
        (0.0, 1, False, 0.1), (1e-4, 1, True, 1e-3), (1e-4, -1, True, 1e-5), (-1.0, 1, False, -0.9),
        (2e-7, 1, False, 3e-7),
    ],
)  # fmt: skip
def test_steps_change_the_first_digit_or_the_decade(number, direction, tenfold, then):
    assert step_float(number, direction, tenfold=tenfold) == then


def test_whole_numbers_step_by_one_or_ten():
    assert step_int(5, -1) == 4
    assert step_int(5, 1, tenfold=True) == 15
