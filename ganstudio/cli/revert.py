"""``ganstudio revert``: back to an earlier checkpoint."""

from __future__ import annotations

import argparse

from ganstudio.cli.arguments import Commands, add_session, whole_number
from ganstudio.cli.say import say


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "revert",
        help="go back to an earlier checkpoint of a session",
        description="Go back to an earlier checkpoint. What came after it (states, curves, samples, edits) "
        "is removed for good; ganstudio fork keeps it.",
    )
    add_session(parser)
    parser.add_argument(
        "--to", type=whole_number(0), metavar="N", required=True, help="iteration of the checkpoint"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Go back."""
    from ganstudio.session.session import Session

    session = Session.open(arguments.session)
    session.revert(arguments.to)
    say(f"{session.path} is back at iteration {arguments.to}.")
    return 0
