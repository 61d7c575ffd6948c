"""Ctrl-C while training: the first ends it in an orderly way, the second at once."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType, TracebackType
from typing import Any, Self

from ganstudio.cli.arguments import INTERRUPTED
from ganstudio.engine.control import Control
from ganstudio.errors import Cancelled


class Interruption:
    """While entered, SIGINT and SIGTERM stop training through its control queue."""

    def __init__(self) -> None:
        self.control = Control()
        self.requested = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def check(self) -> None:
        """Raise Cancelled where the person wants to stop before there is anything to save."""
        if self.requested:
            raise Cancelled

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        # Nothing goes through Python's buffers here: the signal may have come in the middle of a print.
        if self.requested:
            if sys.stdout.isatty():
                os.write(sys.stdout.fileno(), b"\x1b[?25h\n")  # the progress display has hidden the cursor
            os._exit(INTERRUPTED)
        self.requested = True
        self.control.stop()
