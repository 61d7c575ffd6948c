"""``ganstudio send``: reach a training that another program or machine runs, through its session's folder."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from ganstudio.cli.arguments import FAULT, Commands, add_session
from ganstudio.cli.say import complain, say
from ganstudio.errors import ExperimentError, Issue, UserError

PATIENCE = 60.0  # seconds; over a network a folder's new files may be seen that late


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "send",
        help="pause, resume, save, stop or edit a training that runs elsewhere",
        description="Reach a training that another program, or another machine on a shared folder, runs: "
        "the program that trains reads what is sent about once a second and obeys between two steps.",
    )
    add_session(parser)
    parser.add_argument("action", choices=("stop", "pause", "resume", "save", "edit"), help="what to do")
    parser.add_argument(
        "assignment",
        nargs="?",
        metavar="SETTING=VALUE",
        help="of edit: the live setting, such as lipschitz.weight=5",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Send and wait until it is read."""
    from ganstudio.session.commands import send
    from ganstudio.session.lock import holder_of
    from ganstudio.session.session import Session

    session = Session.open(arguments.session)
    path, value = _assignment(arguments.action, arguments.assignment)
    file = send(session.path, arguments.action, path, value)
    holder = holder_of(session.path)
    if not _is_read(file):
        file.unlink(missing_ok=True)
        complain(f"Nothing has read the command within {PATIENCE:.0f} s; it was taken back.")
        return FAULT
    who = f"Process {holder.pid} on {holder.host}" if holder else "The training"
    say(f"{who} has it: {arguments.action}{f' {path} = {value}' if path else ''}.")
    return 0


def _assignment(action: str, text: str | None) -> tuple[str, Any]:
    """Setting and value of an edit; a mistake is told here rather than in the history there."""
    from ganstudio.experiment.parse import find_row, parse_assignment

    if action != "edit":
        if text is not None:
            raise UserError(f"{action} takes no {text!r}; only edit takes a setting.")
        return "", None
    if text is None:
        raise UserError("Say what to edit as SETTING=VALUE, for example lipschitz.weight=5.")
    path, value = parse_assignment(text)
    setting = find_row(path)
    if not setting.info.live:
        raise ExperimentError([Issue(path, f"{setting.info.title} cannot change while training runs.")])
    return path, value


def _is_read(file: Path) -> bool:
    ends = time.monotonic() + PATIENCE
    while file.exists():
        if time.monotonic() > ends:
            return False
        time.sleep(0.1)
    return True
