"""What the commands print: results on stdout, one sentence of complaint on stderr."""

from __future__ import annotations

import sys


def say(text: str = "") -> None:
    """Print a line at once, so that whoever reads a pipe sees it."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(sentence: str) -> None:
    """Print a sentence on stderr, on one line and with its full stop."""
    line = " ".join(sentence.split())
    sys.stderr.write(f"{line if line.endswith(('.', '!', '?')) else f'{line}.'}\n")
    sys.stderr.flush()
