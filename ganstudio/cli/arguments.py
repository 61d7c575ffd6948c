"""Reading the command line: errors in one sentence, and the types that several commands share."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeAlias

from ganstudio.cli.say import complain

USER_MISTAKE, FAULT, INTERRUPTED = 2, 1, 130  # exit statuses

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no public name


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence on stderr."""

    def __init__(self, **options: object) -> None:
        super().__init__(allow_abbrev=False, **options)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        """Complain and exit with status 2."""
        complain(f"{message[:1].upper()}{message[1:].rstrip('.')}; {self.prog} --help lists what there is.")
        raise SystemExit(USER_MISTAKE)


def whole_number(least: int, most: int = 2**53) -> Callable[[str], int]:
    """A type for argparse: a whole number within bounds."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"must be a whole number; {text!r} is not") from None
        if not least <= value <= most:
            bounds = f"at least {least}" if value < least else f"at most {most}"
            raise argparse.ArgumentTypeError(f"must be {bounds}; {text} is not")
        return value

    return read


def positive_number(text: str) -> float:
    """A type for argparse: a finite number above 0."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number above 0; {text!r} is not")
    return value


def window_size(text: str) -> tuple[int, int]:
    """A type for argparse: WIDTHxHEIGHT in pixels."""
    width, _, height = text.lower().partition("x")
    if not (
        width.isdecimal() and height.isdecimal() and 200 <= int(width) <= 8000 and 200 <= int(height) <= 8000
    ):
        raise argparse.ArgumentTypeError(
            f"must be WIDTHxHEIGHT between 200 and 8000, such as 1400x900; {text!r} is not"
        )
    return int(width), int(height)


def add_session(parser: argparse.ArgumentParser) -> None:
    """Add the session that a command works on."""
    parser.add_argument("session", metavar="DIR", type=Path, help="folder of the session")


def add_checkpoint(parser: argparse.ArgumentParser) -> None:
    """Add the checkpoint to start from."""
    parser.add_argument(
        "--at", type=whole_number(0), metavar="N", help="iteration of the checkpoint (default: the newest)"
    )


def add_device(parser: argparse.ArgumentParser, default: str = "auto") -> None:
    """Add the device to compute on."""
    parser.add_argument(
        "--device", default=default, metavar="NAME",
        help="auto (the first CUDA device, else the CPU), cpu, cuda:0, ...; default: %(default)s",
    )  # fmt: skip


def add_training(parser: argparse.ArgumentParser) -> None:
    """Add what ``train`` and ``resume`` share."""
    add_device(parser)
    parser.add_argument(
        "--threads", type=whole_number(1, 4096), metavar="N",
        help="processor threads (default: one for each core; a session that is resumed keeps its own)",
    )  # fmt: skip
    parser.add_argument(
        "--rescue", metavar="DIR", type=Path,
        help="new folder where training goes on, with its whole history, when that of the session cannot be "
        "written any more (default: it goes on in memory until there is room)",
    )  # fmt: skip
    parser.add_argument("--quiet", action="store_true", help="show no progress")
