"""What the commands print: results on stdout, one sentence of complaint on stderr."""

from __future__ import annotations

import os
import sys


def say(text: str = "") -> None:
    """Print a line at once, so that whoever reads a pipe sees it."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def tell(text: str) -> None:
    """Print a line that is not the result: where nobody reads any more, go on in silence.

    Ctrl-C in ``ganstudio train | tee log`` ends the reader first, and training must still be saved.
    """
    try:
        say(text)
    except BrokenPipeError:
        mute()


def mute() -> None:
    """Let whatever is printed on stdout from now on go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def silence() -> None:
    """Print nothing from now on, neither results nor complaints."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


def plain(text: str) -> str:
    """A text without what a terminal would act upon: files of strangers may hold anything."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def complain(sentence: str) -> None:
    """Print a sentence on stderr, on one line and with its full stop."""
    line = " ".join(plain(sentence).split())
    sys.stderr.write(f"{line if line.endswith(('.', '!', '?')) else f'{line}.'}\n")
    sys.stderr.flush()
