"""``ganstudio watch``: see in the terminal how a training goes that another program or machine runs."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from ganstudio.cli.arguments import FAULT, Commands, add_session
from ganstudio.errors import UserError

if TYPE_CHECKING:
    from ganstudio.cli.display import Display
    from ganstudio.session.following import Follower, Look

EVERY = 1.0  # seconds between two looks
PATIENCE = 10  # looks that may fail, one upon the other


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "watch",
        help="see how a training goes that runs elsewhere",
        description="Show the progress of a training that another program, or another machine on a shared "
        "folder, runs, until it ends. Ctrl-C ends the watching only.",
    )
    add_session(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Watch until training ends."""
    from ganstudio.cli import display as displays
    from ganstudio.cli.say import complain, tell
    from ganstudio.session.following import Follower
    from ganstudio.session.session import Session

    session = Session.open(arguments.session)  # what is none, is told at once
    with displays.choose(quiet=False) as display:
        look = _watch(Follower(session.path), display)
    if look.holder is not None:
        complain(f"{look.writer} has ended without closing the session; its checkpoints are kept.")
        return FAULT
    at = "nowhere yet" if look.saved is None else f"at iteration {look.saved}"
    tell(f"Nobody trains {session.path} now; it stands {at}.")
    return 0


def _watch(follower: Follower, display: Display) -> Look:
    """Show what happens; returns the last look."""
    failures, state = 0, ""
    while True:
        try:
            look, failures = follower.look(), 0
        except UserError:
            failures += 1
            if failures >= PATIENCE:
                raise
            time.sleep(EVERY)
            continue
        for event in look.events:
            display.handle(event)
        now = look.holder.state if look.holder else ""
        if now != state and look.lives:
            display.note(f"{look.writer}: {now}.")
            state = now
        if not look.lives:
            return look
        time.sleep(EVERY)
