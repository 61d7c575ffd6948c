"""Sessions side by side."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from ganstudio.cli.main import main
from ganstudio.engine.events import Evaluated
from ganstudio.experiment.describe import row
from ganstudio.session.comparing import compare
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session
from tests.session.session_events import checkpoint, experiment, started


def _session(path: Path, figures: dict[str, float], **values: object) -> Session:
    chosen = experiment(**values)
    session = Session.create(path, chosen)
    with Recorder(session) as recorder:
        recorder.handle(started())
        recorder.handle(Evaluated(5, {"w1": 9.0, "js": 0.5}, {}))
        if figures:
            recorder.handle(Evaluated(10, figures, {"spread": {"w1": 0.01}}))
        recorder.handle(checkpoint(20, chosen))
    return session


@pytest.fixture
def pair(tmp_path: Path) -> list[Session]:
    return [
        _session(tmp_path / "mild", {"w1": 0.1}, lipschitz__weight=1.0, probes__samples_every=7),
        _session(tmp_path / "strong", {"w1": 0.25}, lipschitz__weight=10.0, seed=3),
    ]


def test_the_settings_that_differ_and_the_newest_figures_are_shown(pair: list[Session]) -> None:
    found = compare(pair)
    assert found.differing == ("seed", "lipschitz.weight")  # not how often it is looked at
    assert found.figures == ("w1", "js")
    assert [run.figures["w1"] for run in found.runs] == [0.1, 0.25]
    assert [run.figures["js"] for run in found.runs] == [0.5, 0.5]
    assert [run.spread for run in found.runs] == [{"w1": 0.01}, {"w1": 0.01}]
    assert found.table()[0][:3] == ["mild", "20", "10.0"]
    assert "0.1 ± 0.01" in found.table()[0]


def test_a_setting_that_only_one_has_differs(tmp_path: Path) -> None:
    found = compare(
        [
            _session(tmp_path / "penalty", {}, lipschitz__kind="gradient-penalty"),
            _session(tmp_path / "clipping", {}, lipschitz__kind="weight-clipping"),
        ]
    )
    assert {"lipschitz.kind", "lipschitz.weight", "lipschitz.clip"} <= set(found.differing)
    column = 3 + found.differing.index("lipschitz.clip")
    assert row("lipschitz.clip").info.title in found.header()[column]
    assert [cells[column] for cells in found.table()] == ["–", "0.01"]


def test_markdown_and_csv_hold_the_same_table(pair: list[Session]) -> None:
    found = compare(pair)
    lines = found.markdown().splitlines()
    assert len(lines) == 4
    assert all(line.count("|") == len(found.header()) + 1 for line in lines)
    rows = list(csv.DictReader(io.StringIO(found.comma_separated())))
    assert [float(row["w1"]) for row in rows] == [0.1, 0.25]
    assert [row["lipschitz.weight"] for row in rows] == ["1.0", "10.0"]
    assert [float(row["w1 spread"]) for row in rows] == [0.01, 0.01]


def test_the_command_prints_and_writes(
    pair: list[Session], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [str(session.path) for session in pair]
    out = tmp_path / "table.csv"
    assert main(["compare", *paths, "--csv", str(out), "--markdown", str(tmp_path / "table.md")]) == 0
    printed = capsys.readouterr().out
    assert printed.splitlines()[0].split() == ["Session", "mild", "strong"]
    assert out.read_text(encoding="utf-8") == compare(pair).comma_separated()
    assert (tmp_path / "table.md").read_text(encoding="utf-8") == compare(pair).markdown()
    assert main(["compare", *paths, "--csv", str(tmp_path / "missing" / "table.csv")]) == 2
    assert "could not be written" in capsys.readouterr().err
    assert main(["compare", str(tmp_path)]) == 2
