"""From what a person wrote to an experiment, or to sentences that say what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import ValidationError

from ganstudio.errors import ExperimentError, Issue, UserError
from ganstudio.experiment.describe import SettingRow, absolute, flatten, nest, row, rows
from ganstudio.experiment.fields import Settings
from ganstudio.experiment.model import Experiment

Table = TypeVar("Table", bound=Settings)


def parse(raw: Mapping[str, Any]) -> Experiment:
    """Validate nested tables into an experiment. Raises ExperimentError with one issue per wrong setting."""
    return validated(Experiment, raw)


def validated(table: type[Table], raw: Mapping[str, Any]) -> Table:
    """Validate the values of a table of settings. Raises ExperimentError with one issue per wrong setting."""
    try:
        return table.model_validate(raw)
    except ValidationError as error:
        raise ExperimentError([_issue(e) for e in error.errors()]) from None


def parse_written(raw: Mapping[str, Any]) -> Experiment:
    """As ``parse``, for what a person wrote by hand: a setting that has no effect is refused, not ignored."""
    experiment = parse(raw)
    refuse_idle(experiment, _paths(raw))
    return experiment


def with_values(experiment: Experiment, values: Mapping[str, Any]) -> Experiment:
    """The experiment with some settings (by dotted path) changed, validated as a whole.

    Raises ExperimentError.
    """
    for path in values:
        find_row(path)
    return parse(nest({**flatten(experiment), **values}))


def with_assignments(experiment: Experiment, assignments: Iterable[str]) -> Experiment:
    """The experiment changed by assignments such as ``lipschitz.weight=1``.

    Raises ExperimentError or UserError.
    """
    values = dict(parse_assignment(a) for a in assignments)
    changed = with_values(experiment, values)
    refuse_idle(changed, values)
    return changed


def parse_assignment(text: str) -> tuple[str, Any]:
    """Split ``dotted.path=value`` and read the value as the setting's type.

    Raises UserError or ExperimentError.
    """
    path, equals, value = text.partition("=")
    if not equals:
        raise UserError(
            f"{text!r} is not an assignment; write setting=value, for example lipschitz.weight=1."
        )
    return path.strip(), read_value(find_row(path.strip()), value.strip())


def read_value(setting: SettingRow, text: str) -> Any:
    """Read what was typed as the setting's type. Raises ExperimentError."""
    try:
        if setting.type is bool:
            return {
                "true": True,
                "yes": True,
                "on": True,
                "1": True,
                "false": False,
                "no": False,
                "off": False,
                "0": False,
            }[text.lower()]
        return setting.type(text)
    except (ValueError, KeyError):
        kind = {bool: "true or false", int: "a whole number", float: "a number"}[setting.type]
        raise ExperimentError([Issue(setting.path, f"must be {kind}; {text!r} is not.")]) from None


def find_row(path: str) -> SettingRow:
    """The setting at a path. Raises ExperimentError that names the nearest one where there is none."""
    try:
        return row(path)
    except KeyError:
        raise ExperimentError([Issue(path, _unknown(path))]) from None


def refuse_idle(experiment: Experiment, paths: Iterable[str]) -> None:
    """Raise ExperimentError where one of the settings has no effect in this experiment."""
    flat = flatten(experiment)
    idle = [Issue(p, _idle(row(p), flat)) for p in paths if not row(p).is_shown(flat)]
    if idle:
        raise ExperimentError(idle)


def _idle(setting: SettingRow, flat: Mapping[str, Any]) -> str:
    for condition, wanted in setting.info.shown_when.items():
        path = absolute(condition, setting.group)
        if flat[path] not in wanted:
            others = " or ".join(map(str, wanted))
            return f"has no effect with {path} = {flat[path]}; it belongs to {path} = {others}."
    raise AssertionError(f"{setting.path} is not idle")


def _unknown(path: str) -> str:
    near = get_close_matches(path, [r.path for r in rows()], n=1, cutoff=0.5)
    return f"is not a setting{f'; did you mean {near[0]}?' if near else '.'}"


def _paths(raw: Mapping[str, Any]) -> list[str]:
    return [
        p
        for key, value in raw.items()
        for p in ([f"{key}.{n}" for n in value] if isinstance(value, Mapping) else [key])
    ]


_WORDS = {
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be greater than {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
    "string_too_long": "must not be longer than {max_length} characters",
    "finite_number": "must be a finite number",
}
_TYPES = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": "text",
    "model": "a table of settings",
}


def _issue(error: Any) -> Issue:
    """One of pydantic's errors in words for people."""
    path = ".".join(str(part) for part in error["loc"])
    kind, given = error["type"], error["input"]
    if kind == "extra_forbidden":
        return Issue(path, _unknown(path))
    if kind == "value_error":
        return Issue(path, f"{error['ctx']['error']}.")
    words = _WORDS.get(kind, "").format(**{name: _plain(v) for name, v in error.get("ctx", {}).items()})
    if not words:
        words = f"must be {_TYPES.get(kind.split('_')[0], 'valid')}"
    return Issue(path, f"{words}; {_plain(given)} is not.")


def _plain(value: object) -> str:
    """A value as a person would write it: 0 and not 0.0, and text between quotation marks."""
    return f"{value:.12g}" if isinstance(value, float) and abs(value) < 1e16 else repr(value)
