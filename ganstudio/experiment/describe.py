"""The settings as rows: what the form draws, the command line sets and the documentation lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ganstudio.experiment.fields import META, Setting, Settings
from ganstudio.experiment.model import GROUP_TITLES, Experiment

Value = str | int | float | bool


@dataclass(frozen=True)
class Bounds:
    """Least and greatest values; ``None`` where there is none. Exclusive bounds are not part of the range."""

    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: bool = False
    exclusive_maximum: bool = False


@dataclass(frozen=True)
class SettingRow:
    """One setting: where it stands, what type it has, and what people are told of it."""

    path: str
    group: str
    group_title: str
    type: type
    default: Value
    bounds: Bounds
    info: Setting

    def is_shown(self, values: Mapping[str, Any]) -> bool:
        """Whether the setting matters, given all values by dotted path."""
        return all(
            values[absolute(path, self.group)] in wanted for path, wanted in self.info.shown_when.items()
        )


def absolute(path: str, group: str) -> str:
    """Dotted path of a condition: one that starts with a dot belongs to the setting's own group."""
    return f"{group}{path}" if path.startswith(".") else path


@cache
def rows() -> tuple[SettingRow, ...]:
    """All settings in the order of their declaration, group by group."""
    found: list[SettingRow] = []
    defaults = Experiment()
    for name, info in Experiment.model_fields.items():
        value = getattr(defaults, name)
        if isinstance(value, BaseModel):
            found += [
                _row(f"{name}.{n}", name, i, getattr(value, n)) for n, i in type(value).model_fields.items()
            ]
        else:
            found.append(_row(name, "", info, value))
    return tuple(found)


@cache
def row(path: str) -> SettingRow:
    """The setting at a dotted path. Raises KeyError where there is none."""
    for candidate in rows():
        if candidate.path == path:
            return candidate
    raise KeyError(path)


def declared(table: type[Settings], title: str) -> tuple[SettingRow, ...]:
    """The settings of a table that belongs to no experiment, such as the options of an export."""
    defaults = table()
    return tuple(
        _row(info.alias or name, "", info, getattr(defaults, name), title)
        for name, info in table.model_fields.items()
    )


def flatten(experiment: Experiment) -> dict[str, Value]:
    """All values by dotted path."""
    flat: dict[str, Value] = {}
    for name, value in experiment.model_dump().items():
        flat |= {f"{name}.{n}": v for n, v in value.items()} if isinstance(value, dict) else {name: value}
    return flat


def nest(flat: Mapping[str, Any]) -> dict[str, Any]:
    """The reverse of ``flatten``: dotted paths become nested tables."""
    nested: dict[str, Any] = {}
    for path, value in flat.items():
        group, _, name = path.rpartition(".")
        (nested.setdefault(group, {}) if group else nested)[name] = value
    return nested


def shown(experiment: Experiment) -> dict[str, Value]:
    """Values by dotted path of the settings that matter in this experiment."""
    flat = flatten(experiment)
    return {r.path: flat[r.path] for r in rows() if r.is_shown(flat)}


def _row(path: str, group: str, info: FieldInfo, default: Any, title: str | None = None) -> SettingRow:
    extra = info.json_schema_extra
    meta: Any = extra[META] if isinstance(extra, dict) else None
    if not isinstance(meta, Setting):
        raise TypeError(f"{path} is not declared with setting()")
    title = GROUP_TITLES[group] if title is None else title
    return SettingRow(path, group, title, type(default), default, _bounds(info), meta)


def _bounds(info: FieldInfo) -> Bounds:
    found: dict[str, Any] = {}
    for constraint in info.metadata:
        for name, key, exclusive in (
            ("ge", "minimum", False),
            ("gt", "minimum", True),
            ("le", "maximum", False),
            ("lt", "maximum", True),
        ):
            if (value := getattr(constraint, name, None)) is not None:
                found[key] = value
                found[f"exclusive_{key}"] = exclusive
    return Bounds(**found)
