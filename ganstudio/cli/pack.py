"""``ganstudio pack``: a session as one file."""

from __future__ import annotations

import argparse
from pathlib import Path

from ganstudio.cli.arguments import INTERRUPTED, Commands, add_session
from ganstudio.cli.say import complain, say
from ganstudio.errors import Cancelled, UserError


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "pack",
        help="pack a session into one file",
        description="Pack a session into one zip file, also while it is trained.",
    )
    add_session(parser)
    parser.add_argument("file", metavar="FILE.zip", type=Path, help="new file")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Pack it; returns the exit status."""
    from ganstudio.cli import display as displays
    from ganstudio.cli.interruption import Interruption
    from ganstudio.session.archive import export_zip
    from ganstudio.session.session import Session

    session = Session.open(arguments.session)
    if arguments.file.exists():
        raise UserError(f"{arguments.file} is there already; choose another name.")
    with Interruption() as interruption, displays.choose(quiet=False) as display:
        try:
            export_zip(session, arguments.file, display.loading, lambda: interruption.requested)
        except Cancelled:
            complain("Stopped; nothing was written.")
            return INTERRUPTED
    say(f"{arguments.file}: {arguments.file.stat().st_size / 2**20:.1f} MiB")
    return 0
