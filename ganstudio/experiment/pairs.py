"""Pairs of experiments for a lesson: the same but for what the lesson is about."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from ganstudio.experiment.describe import Value, shown
from ganstudio.experiment.files import preset
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import parse
from ganstudio.paths import resource

IGNORED = ("probes.", "saving.")  # groups that do not change what is trained


@dataclass(frozen=True)
class Pair:
    """Two experiments that differ only in the groups of settings ``differ`` (and in their names).

    ``words`` say what to look at, ``time`` is an honest duration of both with its machine.
    """

    name: str
    title: str
    summary: str
    words: str
    time: str
    iterations: int
    differ: tuple[str, ...]
    left: Experiment
    right: Experiment


@cache
def pairs() -> dict[str, Pair]:
    """All pairs by name, in the order in which they are shown."""
    raw = tomllib.loads(resource("presets", "pairs.toml").read_text(encoding="utf-8"))
    return {name: _read(name, dict(values)) for name, values in raw.items()}


def differing(one: Experiment, other: Experiment) -> dict[str, tuple[Value | None, Value | None]]:
    """Settings that matter for training and are not the same, by path; None where one does not apply."""
    first, second = shown(one), shown(other)
    paths = [path for path in (*first, *second) if path != "name" and not path.startswith(IGNORED)]
    return {
        path: (first.get(path), second.get(path)) for path in paths if first.get(path) != second.get(path)
    }


def same_start(one: Experiment, other: Experiment) -> bool:
    """Whether both show the same latents and draw the same data in the same order."""
    same = one.seed == other.seed and one.latent == other.latent and one.data == other.data
    return same and one.schedule.batch_size == other.schedule.batch_size


def _read(name: str, values: dict[str, object]) -> Pair:
    left, right = preset(str(values.pop("left"))), preset(str(values.pop("right")))
    differ = tuple(str(group) for group in values.pop("differ"))  # type: ignore[attr-defined]  # a list
    taken = {group: right.experiment.model_dump()[group] for group in differ}
    second = parse({**left.experiment.model_dump(), **taken, "name": right.name})
    return Pair(name=name, differ=differ, left=left.experiment, right=second, **values)  # type: ignore[arg-type]
