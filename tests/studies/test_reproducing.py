"""What a study leaves behind, and what a person's mistakes leave: one sentence and nothing else."""

from __future__ import annotations

import csv
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ganstudio.cli.main import main
from ganstudio.studies import STUDIES, mode_coverage
from ganstudio.studies.contenders import contenders
from ganstudio.studies.figures import new_figure
from ganstudio.studies.study import Claim, Outcome, Request, Table


def fake(request: Request) -> Outcome:
    request.progress("Nothing", 0, 1)
    figure = new_figure(2, 1)
    figure.subplots().plot([0, 1])
    table = Table("numbers", "Numbers", ("a", "b"), (("x", 1 / 3), ("y", 2)))
    hidden = replace(table, name="long", listed=False)
    held = 1.0 if request.seeds == (7,) else 0.0
    claims = (Claim("one", 1.0, at_least=1), Claim("seed", held, at_least=0.5))
    return Outcome("- as it is", (table, hidden), claims, {"line": figure})


def broken(request: Request) -> Outcome:
    raise ZeroDivisionError


@pytest.fixture
def studies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    for function in (fake, broken):
        STUDIES.register(
            function.__name__, title=function.__name__, help="", target=f"{__name__}:{function.__name__}"
        )
    yield
    for function in (fake, broken):
        STUDIES.unregister(function.__name__)


def run(line: str) -> int:
    try:
        return main(["reproduce", *line.split()])
    except SystemExit as left:
        return int(left.code or 0)


def test_a_study_writes_pictures_numbers_and_a_report(studies: None, capsys: Any) -> None:
    assert run("fake --out new/found --seeds 7") == 0
    found = Path("new/found")
    names = ["claims.csv", "line.png", "long.csv", "numbers.csv", "report.md"]
    assert sorted(p.name for p in found.iterdir()) == names
    assert (found / "line.png").read_bytes().startswith(b"\x89PNG")
    with (found / "numbers.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [["a", "b"], ["x", "0.33333333"], ["y", "2"]]
    report = (found / "report.md").read_text()
    assert "| x | 0.333 |\n| y | 2 |\n" in report
    assert report.count("## Numbers") == 1  # the long table stands in its file alone
    out = capsys.readouterr().out
    assert "holds: one: 1 (claimed: at least 1)" in out


def test_equal_seeds_write_equal_files(studies: None) -> None:
    run("fake --out a --seeds 7 --quiet")
    run("fake --out b --seeds 7 --quiet")
    for path in Path("a").iterdir():
        assert path.read_bytes() == (Path("b") / path.name).read_bytes()


def test_a_claim_that_does_not_hold_is_said_and_fails(studies: None, capsys: Any) -> None:
    assert run("fake --out found --seeds 1") == 1
    assert "DOES NOT HOLD: seed: 0 (claimed: at least 0.5)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        (Claim("", 2, at_least=1), True),
        (Claim("", 0, at_least=1), False),
        (Claim("", 2, at_most=1), False),
        (Claim("", 2, at_least=1, at_most=3), True),
        (Claim("", float("nan"), at_least=1), False),
        (Claim("", float("nan"), at_most=1), False),
    ],
)
def test_claims(claim: Claim, *, holds: bool) -> None:
    assert claim.holds is holds


def test_a_faulty_study_leaves_nothing(studies: None) -> None:
    with pytest.raises(ZeroDivisionError):
        run("broken --out new/found")
    assert not Path("new").exists()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("", "Name the study"),
        ("fake", "--out FOLDER"),
        ("nonsense --out new", "There is no study 'nonsense'; there are wgan-gp-figure-1"),
        ("fake --out full", "has files in it already"),
        ("fake --out full/letter.txt", "could not be made"),
        ("fake --out new --seeds", "expected at least one argument"),
        ("fake --out new --seeds 1 -1", "-1"),
        ("fake --out new --seeds one", "must be a whole number"),
        ("fake --out new --threads 0", "must be at least 1"),
    ],
)
def test_mistakes_are_one_sentence(studies: None, capsys: Any, line: str, sentence: str) -> None:
    Path("full").mkdir()
    Path("full/letter.txt").write_text("dear")
    assert run(line) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    assert sorted(p.name for p in Path().iterdir()) == ["full"]


def test_without_matplotlib_one_sentence_says_how_to_get_it(
    studies: None, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ganstudio.studies.figures.find_spec", lambda name: None)
    assert run("fake --out new") == 2
    assert capsys.readouterr().err == (
        "The pictures of a study need matplotlib, which is not installed; "
        "pip install 'ganstudio[figures]' adds it.\n"
    )
    assert not Path("new").exists()


def test_the_list_names_every_study(capsys: Any) -> None:
    assert run("--list") == 0
    out = capsys.readouterr().out
    assert all(name in out for name in STUDIES)


def test_pyplot_is_never_imported(studies: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)  # another test may have wanted it
    run("fake --out found --quiet")
    assert "matplotlib.figure" in sys.modules
    assert "matplotlib.pyplot" not in sys.modules


def test_a_real_study_in_its_quick_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(mode_coverage, "QUICK", replace(mode_coverage.QUICK, steps=6))
    assert run(f"mode-coverage --quick --seeds 0 --threads 1 --out {tmp_path / 'found'}") == 0
    names = {p.name for p in (tmp_path / "found").iterdir()}
    assert names >= {"mode-coverage.png", "coverage-ring.csv", "coverage-grid.csv", "coverage-all.csv"}
    rows = (tmp_path / "found" / "coverage-ring.csv").read_text().splitlines()
    assert len(rows) == 2 + len(contenders())  # the columns, and the real data
    assert "Least squares" in capsys.readouterr().out
