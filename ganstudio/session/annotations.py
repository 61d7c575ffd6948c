"""What a person writes about a session: notes, tags, and which checkpoints are to stay.

They lie in a file of their own, so that they can change while another program trains into the session.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganstudio.errors import UserError
from ganstudio.session.files import read_json, reason, write_json

FILE = "annotations.json"
NOTES_LIMIT, TAGS_LIMIT, TAG_LIMIT = 20_000, 30, 40  # characters, tags, characters of one tag


@dataclass(frozen=True)
class Annotations:
    """Notes as plain text, tags in their order, and the iterations of the pinned checkpoints."""

    notes: str = ""
    tags: tuple[str, ...] = ()
    pinned: frozenset[int] = frozenset()


def read_annotations(session: Path, notes: str = "") -> Annotations:
    """The annotations of a session; ``notes`` where it has none yet. Raises UserError with one sentence."""
    path = session / FILE
    if not path.exists():
        return Annotations(notes)
    raw = read_json(path)
    try:
        return Annotations(clean_notes(raw["notes"]), clean_tags(raw["tags"]), _iterations(raw["pinned"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UserError(f"{path} is damaged: it does not hold what it should.") from None


def write_annotations(session: Path, annotations: Annotations) -> None:
    """Write them all at once. Raises UserError."""
    values = {
        "notes": annotations.notes,
        "tags": list(annotations.tags),
        "pinned": sorted(annotations.pinned),
    }
    try:
        write_json(session / FILE, values)
    except OSError as error:
        raise UserError(f"The notes of {session} could not be saved: {reason(error)}.") from None


def clean_notes(notes: str) -> str:
    """Notes without blank lines around them. Raises UserError where they are too long."""
    notes = notes.replace("\r\n", "\n").strip()
    if len(notes) > NOTES_LIMIT:
        raise UserError(f"Notes can have {NOTES_LIMIT:,} characters; these have {len(notes):,}.")
    return notes


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags without spaces around them, none empty and none twice (a capital letter makes no other tag).

    Raises UserError where there are too many, or one is too long.
    """
    kept: dict[str, str] = {}
    for tag in tags:
        words = " ".join(tag.split())
        if len(words) > TAG_LIMIT:
            raise UserError(f"A tag can have {TAG_LIMIT} characters; {words[:TAG_LIMIT]}... is longer.")
        if words:
            kept.setdefault(words.casefold(), words)
    if len(kept) > TAGS_LIMIT:
        raise UserError(f"A session can have {TAGS_LIMIT} tags; these are {len(kept)}.")
    return tuple(kept.values())


def _iterations(raw: Any) -> frozenset[int]:
    if not all(isinstance(each, int) and not isinstance(each, bool) and each >= 0 for each in raw):
        raise ValueError("pinned")
    return frozenset(raw)
