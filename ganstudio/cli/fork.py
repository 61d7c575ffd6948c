"""``ganstudio fork``: a new session from a checkpoint of another."""

from __future__ import annotations

import argparse
from pathlib import Path

from ganstudio.cli.arguments import Commands, add_checkpoint, add_session
from ganstudio.cli.say import complain, say


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "fork",
        help="make a new session from a checkpoint of another",
        description="Make a new session that begins with a checkpoint of another, and with its history. "
        "Without changed settings it trains on exactly as the other would.",
    )
    add_session(parser)
    add_checkpoint(parser)
    parser.add_argument(
        "--set", metavar="SETTING=VALUE", action="append", default=[], dest="assignments",
        help="change a setting that the saved weights allow, for example objective.kind=hinge; may be given "
        "several times",
    )  # fmt: skip
    parser.add_argument(
        "--session", metavar="NEW", dest="fork", type=Path, required=True, help="new folder for the fork"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make it."""
    from ganstudio.experiment.parse import parse_assignment, refuse_idle, with_values
    from ganstudio.session.recent import remember
    from ganstudio.session.session import Session

    parent = Session.open(arguments.session)
    values = dict(parse_assignment(text) for text in arguments.assignments)
    refuse_idle(with_values(parent.experiment_at(arguments.at), values), values)
    fork = parent.fork(arguments.fork, arguments.at, values=values)
    for sentence in parent.problems:
        complain(sentence)
    remember(fork.path)
    assert fork.record.parent is not None  # noqa: S101 - it is a fork
    say(f"Session: {fork.path}")
    say(f"Forked from {parent.path} at iteration {fork.record.parent.iteration}.")
    return 0
