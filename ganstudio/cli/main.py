"""The ``ganstudio`` command."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ganstudio import __version__
from ganstudio.allocator import keep_freed_memory
from ganstudio.cli import (
    cache,
    checkpoints,
    compare,
    evaluate,
    export,
    fork,
    info,
    note,
    pack,
    presets,
    reproduce,
    resume,
    revert,
    sample,
    self_check,
    send,
    train,
    unpack,
    watch,
    window,
)  # fmt: skip
from ganstudio.cli.arguments import FAULT, INTERRUPTED, USER_MISTAKE, Parser
from ganstudio.cli.say import complain, mute
from ganstudio.errors import UserError

COMMANDS = {
    "window": window,
    "presets": presets,
    "train": train,
    "resume": resume,
    "watch": watch,
    "send": send,
    "sample": sample,
    "self-check": self_check,
    "export": export,
    "info": info,
    "checkpoints": checkpoints,
    "evaluate": evaluate,
    "compare": compare,
    "fork": fork,
    "revert": revert,
    "note": note,
    "pack": pack,
    "unpack": unpack,
    "reproduce": reproduce,
    "cache": cache,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status: 0 success, 1 failure, 2 a person's mistake, 130 interrupted."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    keep_freed_memory()
    try:
        parsed = build_parser().parse_args(_with_command(given))
        status: int = parsed.run(parsed)
        sys.stdout.flush()
    except UserError as error:
        complain(str(error))
        return USER_MISTAKE
    except KeyboardInterrupt:
        complain("Interrupted.")
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        mute()
        return FAULT
    return status


def build_parser() -> Parser:
    """The parser of all commands; each puts its ``run`` into the result."""
    parser = Parser(
        prog="ganstudio",
        description="Train GANs by pointing and clicking, and see what happens inside. Without a command the "
        "window opens; a session's folder in a command's place opens that session in it.",
    )
    parser.add_argument("--version", action="version", version=f"ganstudio {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS.values():
        command.add_to(commands)
    return parser


def _with_command(given: list[str]) -> list[str]:
    """Put in the command ``window`` where none was given."""
    if given and (given[0] in COMMANDS or given[0] in ("-h", "--help", "--version")):
        return given
    return ["window", *given]
