"""Work in a process of its own, for what cannot be cancelled or would disturb training in this one."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from ganstudio.data.dataset import Progress
from ganstudio.errors import UserError

POLL_SECONDS = 0.1


def run_apart(function: Callable[..., None], *arguments: Any, what: str, progress: Progress) -> None:
    """Call a function of a module in a new process and wait for it.

    Where ``progress`` raises, the process is ended at once. Raises UserError as the function does, and
    RuntimeError with its traceback for any other failure.
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_call, args=(theirs, function, arguments), daemon=True)
    with ours:
        with theirs:
            process.start()
        try:
            while not ours.poll(POLL_SECONDS):
                progress(what, 0, 0)
            kind, text = ours.recv()
        except EOFError:
            kind, text = "fault", "the process died; the machine may have run out of memory"
        finally:
            process.terminate()
            process.join()
            process.close()
    if kind == "refused":
        raise UserError(text)
    if kind == "fault":
        raise RuntimeError(text)


def _call(pipe: Connection, function: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """Call it, in the new process, and say how it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that waits
    try:
        function(*arguments)
    except UserError as error:
        pipe.send(("refused", str(error)))
    except BaseException:  # noqa: BLE001 - the process that waits raises it
        pipe.send(("fault", traceback.format_exc()))
    else:
        pipe.send(("done", ""))
    finally:
        pipe.close()
