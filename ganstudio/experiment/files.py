"""Experiment files (TOML) and the presets that come with the studio."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tomli_w

from ganstudio.errors import ExperimentError, Issue, UserError
from ganstudio.experiment.describe import nest, shown
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import parse_written
from ganstudio.paths import resource


@dataclass(frozen=True)
class Preset:
    """A ready-made experiment with what to expect of it.

    ``iterations`` is what the window and the main job train by default, ``time`` an honest duration with its
    machine.
    """

    name: str
    title: str
    summary: str
    expect: str
    time: str
    iterations: int
    experiment: Experiment


def read_experiment(path: Path) -> Experiment:
    """Read an experiment file.

    Raises UserError where it cannot be read and ExperimentError where it makes no sense.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"it is not valid TOML: {error}"
        raise UserError(f"{path} could not be read as an experiment file: {reason}.") from None
    raw.pop("preset", None)
    try:
        return parse_written(raw)
    except ExperimentError as error:
        raise ExperimentError(
            [Issue(i.path, f"{i.sentence} (in {path})", i.fix) for i in error.issues]
        ) from None


def experiment_toml(experiment: Experiment) -> str:
    """The experiment as TOML text: every setting that matters in it."""
    return tomli_w.dumps(nest(shown(experiment)))


@cache
def presets() -> dict[str, Preset]:
    """All presets by name, in the order in which they are shown."""
    order = tomllib.loads(resource("presets", "order.toml").read_text(encoding="utf-8"))["order"]
    return {name: _read_preset(name) for name in order}


def preset(name: str) -> Preset:
    """The preset of that name. Raises UserError that lists the names where there is none."""
    try:
        return presets()[name]
    except KeyError:
        raise UserError(f"There is no preset {name!r}; there are {', '.join(presets())}.") from None


def _read_preset(name: str) -> Preset:
    raw = tomllib.loads(resource("presets", f"{name}.toml").read_text(encoding="utf-8"))
    about = raw.pop("preset")
    return Preset(name=name, experiment=parse_written({"name": name, **raw}), **about)
