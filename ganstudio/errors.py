"""Errors that are a person's to mend, as opposed to faults of the program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class UserError(Exception):
    """A mistake or a condition that the person can mend; its text is one clear sentence.

    The command line prints it on stderr and exits with status 2; the window shows it where the input was
    given or in the Problems panel. It is never shown with a traceback.
    """


class Cancelled(Exception):  # noqa: N818 - it is no error, the person asked for it
    """The person cancelled a long operation such as a download or the decoding of a folder."""


@dataclass(frozen=True)
class Issue:
    """One thing wrong with an experiment.

    The dotted path of the setting it belongs to, and a sentence for people.

    ``fix`` holds edits (dotted path -> value) that would put it right, which the form offers as one click.
    """

    path: str
    sentence: str
    fix: tuple[tuple[str, object], ...] = ()


class ExperimentError(UserError):
    """An experiment was refused; ``issues`` says why, setting by setting."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        super().__init__(" ".join(f"{i.path}: {i.sentence}" if i.path else i.sentence for i in self.issues))
