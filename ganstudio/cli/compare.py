"""``ganstudio compare``: a table over sessions."""

from __future__ import annotations

import argparse
from pathlib import Path

from ganstudio.cli.arguments import Commands
from ganstudio.cli.say import say
from ganstudio.errors import UserError


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "compare",
        help="compare sessions in a table",
        description="Compare sessions: iterations, training time, the settings in which they differ, and the "
        "newest figures that are kept in them (ganstudio evaluate adds some).",
    )
    parser.add_argument("sessions", metavar="DIR", type=Path, nargs="+", help="folders of sessions")
    parser.add_argument("--csv", metavar="FILE", type=Path, help="write the table as comma-separated numbers")
    parser.add_argument("--markdown", metavar="FILE", type=Path, help="write the table as Markdown")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare, print and write."""
    from ganstudio.session.comparing import compare
    from ganstudio.session.files import reason, write_bytes
    from ganstudio.session.session import Session

    comparison = compare(Session.open(path) for path in arguments.sessions)
    wanted = ((arguments.csv, comparison.comma_separated), (arguments.markdown, comparison.markdown))
    for path, text in wanted:
        if path is None:
            continue
        try:
            write_bytes(path.expanduser().absolute(), text().encode())
        except OSError as error:
            raise UserError(f"{path} could not be written: {reason(error)}.") from None
    for line in turned(comparison.header(), comparison.table()):
        say(line)
    return 0


def turned(header: list[str], table: list[list[str]]) -> list[str]:
    """A line for each property, with a column for each session: terminals are narrow and titles long."""
    lines = [[title, *(cells[i] for cells in table)] for i, title in enumerate(header)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
