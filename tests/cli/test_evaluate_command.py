"""``ganstudio evaluate``, as a person types it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from running import ganstudio

from ganstudio.session.lock import Lock
from ganstudio.session.session import Session

FEW = ("--samples", "300")


def test_figures_are_printed_with_what_they_were_computed_from_and_kept(ring: Path) -> None:
    result = ganstudio("evaluate", str(ring), *FEW, "--seeds", "2", "--json")
    assert (result.returncode, result.stderr) == (0, "")
    said = json.loads(result.stdout)
    assert said["iteration"] == 12
    assert said["figures"]["w1"] > said["figures"]["w1_real"] > 0
    assert said["facts"]["seeds"] == [0, 1]
    assert said["facts"]["samples"] == 300
    assert said["facts"]["spread"].keys() == said["figures"].keys()
    kept = Session.open(ring).metrics.figures()[-1]
    assert (kept.iteration, dict(kept.figures)) == (12, said["figures"])


def test_the_table_says_which_way_is_better(ring: Path) -> None:
    result = ganstudio("evaluate", str(ring), *FEW, "--metrics", "w1", "modes_covered")
    assert result.returncode == 0
    lines = result.stdout.splitlines()
    assert lines[1].endswith("lower is better")
    assert lines[2].endswith("higher is better")
    assert not any("Jensen" in line for line in lines)


def test_images_are_judged_by_their_own_classes(
    digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    names = ("precision", "classifier_fid", "classes_hit")
    result = ganstudio("evaluate", str(digits), *FEW, "--metrics", *names, "--json")
    assert (result.returncode, result.stderr) == (0, "")
    said = json.loads(result.stdout)
    assert tuple(said["figures"]) == names
    assert said["facts"]["classifier"]["comparable_with_published_figures"] is False
    assert len(os.listdir(tmp_path / "cache" / "ganstudio" / "classifiers")) == 1  # noqa: PTH208


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--metrics", "beauty"), "There is no figure 'beauty'"),
        (("--metrics", "swd"), "is for images"),
        (("--at", "7"), "7"),
    ],
)
def test_a_mistake_is_one_sentence(ring: Path, arguments: tuple[str, ...], sentence: str) -> None:
    result = ganstudio("evaluate", str(ring), *arguments)
    assert result.returncode == 2
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_while_another_program_trains_the_figures_are_printed_and_not_kept(ring: Path) -> None:
    lock = Lock(ring)
    try:
        result = ganstudio("evaluate", str(ring), *FEW, "--metrics", "js")
    finally:
        lock.release()
    assert result.returncode == 0
    assert "not kept" in result.stderr
    assert "Jensen" in result.stdout


def test_the_split_is_part_of_the_figures(ring: Path) -> None:
    result = ganstudio("evaluate", str(ring), *FEW, "--metrics", "js", "--split", "held-out", "--json")
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout)["facts"]["reference"] == "held-out data"
