"""``ganstudio checkpoints``: what states a session keeps, and which are to stay."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from ganstudio.cli.arguments import Commands, add_session, whole_number
from ganstudio.cli.say import say

if TYPE_CHECKING:
    from ganstudio.session.entries import CheckpointEntry


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "checkpoints",
        help="list a session's checkpoints, and pin those that are to stay",
        description="List a session's checkpoints. A pinned one is never removed, whatever the settings of "
        "saving say.",
    )
    add_session(parser)
    parser.add_argument("--json", action="store_true", help="print them as JSON")
    for name, words in (("pin", "keep this one"), ("unpin", "keep it no longer than the settings say")):
        parser.add_argument(
            f"--{name}",
            type=whole_number(0),
            metavar="N",
            action="append",
            default=[],
            help=f"{words}; may be given several times",
        )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Pin, and list."""
    from ganstudio.session.session import Session

    session = Session.open(arguments.session)
    for iteration in arguments.pin:
        session.pin(iteration)
    for iteration in arguments.unpin:
        session.pin(iteration, pinned=False)
    entries = session.checkpoint_entries()
    if arguments.json:
        say(json.dumps([_plain(entry) for entry in entries], indent=1))
        return 0
    for entry in entries:
        say(_line(entry))
    if not entries:
        say("No checkpoint was saved yet.")
    return 0


def _plain(entry: CheckpointEntry) -> dict[str, object]:
    return {**asdict(entry), "picture": None if entry.picture is None else str(entry.picture)}


def _line(entry: CheckpointEntry) -> str:
    moment = f"{datetime.fromisoformat(entry.saved):%Y-%m-%d %H:%M}" if entry.saved else ""
    marks = [word for word, holds in (("pinned", entry.pinned), ("best", entry.best)) if holds]
    if entry.figure is not None:
        marks.append(f"{entry.figure:.6g}")
    columns = (
        f"{entry.iteration:>10,}",
        f"{moment:<16}",
        f"{entry.seconds:>10.1f} s",
        f"{entry.size / 2**20:>9.2f} MiB",
        "  ".join(marks + [entry.problem] * bool(entry.problem)),
    )
    return "  ".join(columns).rstrip()
