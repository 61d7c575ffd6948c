"""What is known of a kind of export without doing it: its target's form, its options, what it needs."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from ganstudio.errors import UserError
from ganstudio.experiment.describe import SettingRow, declared
from ganstudio.experiment.fields import Settings
from ganstudio.experiment.parse import validated
from ganstudio.exporting import EXPORTS
from ganstudio.registry import Choice

EXTRA = "extra:"
PACKAGES = {"onnx": ("onnx", "onnxscript"), "video": ("imageio-ffmpeg",), "figures": ("matplotlib",)}


class NoOptions(Settings):
    """The options of a kind that has none."""


def kind_named(name: str) -> Choice:
    """The kind of that name. Raises UserError where there is none."""
    if name not in EXPORTS:
        raise UserError(f"There is no export {name!r}; there are {', '.join(EXPORTS)}.")
    return EXPORTS[name]


def ending(kind: Choice) -> str:
    """The ending of the file's name, such as ".gif"; "" where the export is a folder."""
    return next((trait for trait in kind.traits if trait.startswith(".")), "")


def missing(kind: Choice) -> str:
    """One sentence about packages that the kind needs and that are not installed; "" where all are there."""
    extra = next((t.removeprefix(EXTRA) for t in kind.traits if t.startswith(EXTRA)), "")
    absent = [name for name in PACKAGES.get(extra, ()) if find_spec(name.replace("-", "_")) is None]
    if not absent:
        return ""
    needs = f"This export needs {' and '.join(absent)}, which {'is' if len(absent) == 1 else 'are'} not "
    if getattr(sys, "frozen", False):
        return f"{needs}part of this packaged program; install GAN Studio with pip to have it."
    return f"{needs}installed; add it with: {sys.executable} -m pip install {' '.join(absent)}"


def option_rows(kind: Choice) -> tuple[SettingRow, ...]:
    """The options of a kind, in the order of their declaration."""
    return declared(kind.load().Options, kind.title)


def read_options(kind: Choice, values: Mapping[str, Any]) -> Settings:
    """The options with these values by name; the others have their defaults. Raises ExperimentError."""
    model: type[Settings] = kind.load().Options
    return validated(model, values)
