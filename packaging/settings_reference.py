"""Writes what the documentation says of settings and presets, from their declarations.

That is packaging/SETTINGS.md and the table of presets in the README; with ``--check`` it only compares.
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from ganstudio.experiment.describe import Bounds, SettingRow, rows
from ganstudio.experiment.files import presets
from ganstudio.registry import Registry

SETTINGS = Path(__file__).with_name("SETTINGS.md")
README = Path(__file__).resolve().parents[1] / "README.md"
PRESETS_BEGIN = "<!-- presets: written by packaging/settings_reference.py -->\n"
PRESETS_END = "<!-- end of presets -->\n"

HEAD = """\
# Settings

Every setting of an experiment. The path is what `--set path=value` and the TOML file use. A live setting may
change while training runs. Written by `python packaging/settings_reference.py` from the declarations in
`ganstudio/experiment`.
"""

COLUMNS = """\
| setting | path | default | allowed | live | meaning |
|---|---|---|---|---|---|
"""


def settings() -> str:
    """The whole reference as Markdown."""
    parts = [HEAD]
    for title, group in groupby(rows(), key=lambda row: row.group_title):
        members = list(group)
        parts.append(f"\n## {title}\n\n{COLUMNS}")
        parts += [_line(row) for row in members]
        parts += [_choices(row, row.info.choices) for row in members if row.info.choices is not None]
    return "".join(parts)


def readme() -> str:
    """The README with today's presets. Raises ValueError where it has no place for them."""
    before, begin, rest = README.read_text(encoding="utf-8").partition(PRESETS_BEGIN)
    _, end, after = rest.partition(PRESETS_END)
    if not begin or not end:
        raise ValueError("README.md lacks the two comments between which the presets stand")
    table = "| preset | what it trains | what to expect | time |\n|---|---|---|---|\n"
    for preset in presets().values():
        table += f"| `{preset.name}` | {preset.summary} | {preset.expect} | {preset.time} |\n"
    return f"{before}{begin}{table}{end}{after}"


def _line(row: SettingRow) -> str:
    info = row.info
    title = f"{info.title} ({info.unit})" if info.unit else info.title
    meaning = f"{info.help} Source: {info.source}." if info.source else info.help
    cells = (title, f"`{row.path}`", _value(row.default), _allowed(row), "yes" if info.live else "", meaning)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _choices(row: SettingRow, choices: Registry) -> str:
    lines = [f"\n`{row.path}`:\n\n"]
    for choice in choices.values():
        source = f" Source: {choice.source}." if choice.source else ""
        lines.append(f"- `{choice.name}` ({choice.title}): {choice.help}{source}\n")
    return "".join(lines)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"`{value}`" if value != "" else "empty"


def _allowed(row: SettingRow) -> str:
    if row.info.choices is not None:
        return "see below"
    if row.type is bool:
        return "`true`, `false`"
    if row.type is str:
        return "text"
    kind = "whole number" if row.type is int else "number"
    return f"{kind} {_range(row.bounds)}".strip()


def _range(bounds: Bounds) -> str:
    words = []
    if bounds.minimum is not None:
        words.append(f"{'above' if bounds.exclusive_minimum else 'from'} {bounds.minimum:g}")
    if bounds.maximum is not None:
        words.append(f"{'below' if bounds.exclusive_maximum else 'to'} {bounds.maximum:,.10g}")
    return " ".join(words)


def main() -> int:
    """Write the documents, or check them."""
    status = 0
    for path, text in ((SETTINGS, settings()), (README, readme())):
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in sys.argv[1:]:
            print(f"{path.name} is out of date: run python packaging/settings_reference.py")
            status = 1
        else:
            path.write_text(text, encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
