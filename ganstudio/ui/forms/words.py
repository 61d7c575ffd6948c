"""What the form says of a setting: label, tooltip, bounds, a number as text, an issue as a sentence."""

from __future__ import annotations

import re
from html import escape

from ganstudio.errors import Issue
from ganstudio.experiment.describe import Bounds, SettingRow

_NEEDLESS_ZERO = re.compile(r"(?<=\d)\.0\b")
RUNNING = (
    "This setting cannot change while training runs. Stop first, or right-click to apply another value on a "
    "fork."
)
LIVE = "May be changed while training runs."


def number_text(value: object) -> str:
    """Write a number so that it can be read back exactly, without a needless ``.0``; text stays as it is."""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def label(row: SettingRow) -> str:
    """Return the setting's title with its unit."""
    return f"{row.info.title} ({row.info.unit})" if row.info.unit else row.info.title


def full_title(row: SettingRow) -> str:
    """Return the title with its group, for where the group is not in sight: "Critic: Width"."""
    return f"{row.group_title}: {label(row)}"


def bounds_words(bounds: Bounds) -> str:
    """Say the bounds in words: "At least 1 and at most 4096"; "" where there are none."""
    parts = []
    if bounds.minimum is not None:
        parts.append(
            f"{'greater than' if bounds.exclusive_minimum else 'at least'} {number_text(bounds.minimum)}"
        )
    if bounds.maximum is not None:
        parts.append(
            f"{'less than' if bounds.exclusive_maximum else 'at most'} {number_text(bounds.maximum)}"
        )
    text = " and ".join(parts)
    return text[:1].upper() + text[1:]


def tooltip(row: SettingRow, *, running: bool = False) -> str:
    """Return all that a person may want to know of a setting, as rich text (which wraps)."""
    lines = [f"<b>{escape(label(row))}</b>", escape(row.info.help)]
    if words := bounds_words(row.bounds):
        lines.append(f"{escape(words)}.")
    if row.info.source:
        lines.append(f"Source: {escape(row.info.source)}")
    if row.info.live:
        lines.append(f"{LIVE}")
    if running and not row.info.live:
        lines.append(f"<i>{RUNNING}</i>")
    lines.append(f"<code>--set {escape(row.path)}=…</code>")
    return f"<qt>{'<br>'.join(lines)}</qt>"


def sentence(issue: Issue, row: SettingRow | None, value: object = None) -> str:
    """Make a whole sentence of an issue: one that begins with "must" gets the setting's title in front."""
    text = _NEEDLESS_ZERO.sub("", issue.sentence.strip())
    if row is not None and isinstance(value, str) and not value.strip() and text.startswith("must be a"):
        return f"{row.info.title} is empty; type {'a whole number' if row.type is int else 'a number'}."
    if row is not None and text[:1].islower():
        return f"{row.info.title} {text}"
    return text
