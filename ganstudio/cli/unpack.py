"""``ganstudio unpack``: a session from one file."""

from __future__ import annotations

import argparse
from pathlib import Path

from ganstudio.cli.arguments import INTERRUPTED, Commands
from ganstudio.cli.say import complain, say
from ganstudio.errors import Cancelled


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "unpack",
        help="unpack a session that was packed",
        description="Unpack a session that was packed, perhaps by a stranger: nothing of it is run, and what "
        "is no session is refused.",
    )
    parser.add_argument("file", metavar="FILE.zip", type=Path, help="the file")
    parser.add_argument(
        "target", metavar="DIR", type=Path, nargs="?", help="new folder (default: the studio's own place)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Unpack it; returns the exit status."""
    from ganstudio.cli import display as displays
    from ganstudio.cli.interruption import Interruption
    from ganstudio.session.archive import import_zip
    from ganstudio.session.recent import remember

    with Interruption() as interruption, displays.choose(quiet=False) as display:
        try:
            session = import_zip(
                arguments.file, arguments.target, display.loading, lambda: interruption.requested
            )
        except Cancelled:
            complain("Stopped; nothing was written.")
            return INTERRUPTED
    remember(session.path)
    say(f"Session: {session.path}")
    return 0
