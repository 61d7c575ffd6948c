"""The one way to declare a setting: its default, bounds, words and behaviour stand in one place.

The form, ``--set``, the TOML file, validation and the documentation all read this declaration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ganstudio.registry import Registry

META = "ganstudio"  # key under which a field's Setting lies in its json_schema_extra

# Dotted path of another setting -> the values of it with which this one matters.
Condition = Mapping[str, tuple[object, ...]]


class Settings(BaseModel):
    """Base of every group of settings: frozen, and strict about names."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)


@dataclass(frozen=True)
class Setting:
    """What people are told of a setting and where it applies."""

    title: str
    help: str
    unit: str = ""
    source: str = ""
    live: bool = False  # may change while training runs
    usual: tuple[int, int] | None = None  # most people stay between these; the form offers a slider over them
    advanced: bool = False  # hidden in the form's basic view
    is_path: bool = False  # the form offers to browse for it
    is_drawing: bool = False  # the form offers to draw it
    choices: Registry | None = None
    shown_when: Condition = field(default_factory=dict)


def setting(
    default: Any,
    *,
    title: str,
    help: str,  # noqa: A002 - the word that the form and the documentation use
    unit: str = "",
    source: str = "",
    live: bool = False,
    usual: tuple[int, int] | None = None,
    advanced: bool = False,
    is_path: bool = False,
    is_drawing: bool = False,
    choices: Registry | None = None,
    shown_when: Condition | None = None,
    **bounds: Any,
) -> Any:
    """Declare a setting. ``bounds`` are pydantic's: ge, gt, le, lt, max_length.

    A setting whose ``shown_when`` does not hold is neither shown nor read.
    """
    meta = Setting(
        title, help, unit, source, live, usual, advanced, is_path, is_drawing, choices, shown_when or {}
    )
    return Field(default, title=title, description=help, json_schema_extra={META: meta}, **bounds)  # type: ignore[dict-item]
