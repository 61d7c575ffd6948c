"""What session.json holds, and how that of an older release becomes today's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ganstudio import __version__
from ganstudio.errors import ExperimentError, UserError
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import parse, with_values
from ganstudio.session.files import read_json, write_json

SCHEMA = 2

# Schema number -> pure function that makes the next schema's dictionary of that schema's.
Migration = Callable[[dict[str, Any]], dict[str, Any]]
MIGRATIONS: dict[int, Migration] = {
    # Until then nothing was ever a fork, and its place was a word that nobody wrote.
    1: lambda raw: {**raw, "schema": 2, "parent": None, "inherited": []},
}


@dataclass(frozen=True)
class Edit:
    """A live setting was changed after ``iteration`` completed iterations."""

    iteration: int
    path: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Parent:
    """The session that a fork was made of, the checkpoint's iteration, and when the parent was made (ISO)."""

    name: str
    path: str
    iteration: int
    created: str


@dataclass(frozen=True)
class Record:
    """The content of session.json.

    ``inherited`` holds, of a fork, the parent's edits and what the fork itself changed, in their order; the
    fork's own ``experiment`` has them already.
    """

    experiment: Experiment
    created: str  # ISO 8601 with the offset from UTC
    application: str = __version__
    parent: Parent | None = None
    inherited: tuple[Edit, ...] = ()
    edits: tuple[Edit, ...] = ()
    notes: str = ""  # of schema 1; annotations.json takes their place

    def with_edits(self, edits: tuple[Edit, ...]) -> Record:
        """The record with other edits."""
        return replace(self, edits=edits)

    def edited(self, count: int | None = None) -> Experiment:
        """The experiment after the first ``count`` edits (all where None). Raises ExperimentError."""
        values = {edit.path: edit.new for edit in self.edits[:count]}
        return with_values(self.experiment, values) if values else self.experiment

    def before(self, iteration: int) -> Experiment:
        """The experiment under which an iteration was taken, of a fork also before its beginning.

        Raises ExperimentError where what is known of it makes none.
        """
        later = (e for e in reversed((*self.inherited, *self.edits)) if e.iteration >= iteration)
        values = {edit.path: edit.old for edit in later}
        return with_values(self.edited(), values) if values else self.edited()

    def edits_in(self, experiment: Mapping[str, Any] | None, iteration: int) -> tuple[Edit, ...]:
        """The edits that a state at ``iteration`` holds, given its experiment as nested tables.

        None where that is not known. An edit between the saving of a state and its iteration's end has the
        state's own iteration number, so the numbers alone do not tell.
        """
        early = tuple(edit for edit in self.edits if edit.iteration <= iteration)
        try:
            # Parsed, for a state of an older release lacks the settings that came later.
            held = None if experiment is None else parse(experiment)
        except ExperimentError:
            return early
        for count in range(len(early), -1, -1):
            if self.edited(count) == held:
                return early[:count]
        return early


def new_record(experiment: Experiment) -> Record:
    """A record of a session that begins now."""
    return Record(experiment, datetime.now().astimezone().isoformat(timespec="seconds"))


def write_record(path: Path, record: Record) -> None:
    """Write session.json. Raises OSError."""
    values = {
        "schema": SCHEMA,
        "application": record.application,
        "created": record.created,
        "parent": None if record.parent is None else asdict(record.parent),
        "notes": record.notes,
        "inherited": [asdict(edit) for edit in record.inherited],
        "edits": [asdict(edit) for edit in record.edits],
        "experiment": record.experiment.model_dump(),
    }
    write_json(path, values)


def read_record(path: Path) -> Record:
    """Read session.json, of this or an earlier schema. Raises UserError with one sentence."""
    raw = migrate(read_json(path), path)
    try:
        record = Record(
            parse(raw["experiment"]),
            str(raw["created"]),
            str(raw["application"]),
            _parent(raw["parent"]),
            _edits(raw["inherited"]),
            _edits(raw["edits"]),
            str(raw["notes"]),
        )
        record.edited()
    except ExperimentError as error:
        issue = error.issues[0]
        raise UserError(
            f"{path} is damaged: {issue.path or 'its experiment'} {issue.sentence.rstrip('.')}."
        ) from None
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        raise UserError(f"{path} is damaged: it does not hold what it should.") from None
    return record


def migrate(raw: dict[str, Any], path: Path) -> dict[str, Any]:
    """Bring a session's dictionary to today's schema.

    Raises UserError where it is newer, or has no number.
    """
    number = raw.get("schema")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise UserError(f"{path} is damaged: it does not say which format it has.")
    if number > SCHEMA:
        raise UserError(
            f"{path} was written by a newer GAN Studio (format {number}, this one reads up to {SCHEMA}); "
            "update to open it."
        )
    for step in range(number, SCHEMA):
        raw = MIGRATIONS[step](raw)
    return raw


def _edits(raw: Any) -> tuple[Edit, ...]:
    return tuple(Edit(int(e["iteration"]), str(e["path"]), e["old"], e["new"]) for e in raw)


def _parent(raw: Any) -> Parent | None:
    if raw is None:
        return None
    return Parent(str(raw["name"]), str(raw["path"]), int(raw["iteration"]), str(raw["created"]))
