"""The thread that writes, so that training waits for no disk."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Queue

from ganstudio.errors import UserError
from ganstudio.session.files import gone, reason

QUEUED = 8  # jobs; a disk that falls further behind slows training down instead of filling the memory

Job = Callable[[], None]


class Writer:
    """Does jobs one after another; the first that fails is kept until ``raise_failure`` tells of it."""

    def __init__(self, session: Path, *, beat: Job, every: float) -> None:
        """Start the thread; ``beat`` is done every that many seconds, however much else there is to do."""
        self._session = session
        self._beat, self._every = beat, every
        self._jobs: Queue[Job | None] = Queue(QUEUED)
        self._failure: BaseException | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="session writer", daemon=True)
        self._thread.start()

    def put(self, job: Job) -> None:
        """Have a job done after those before it; waits where too many are queued."""
        self._jobs.put(job)

    def wait(self) -> None:
        """Wait until what was put before is done."""
        done = threading.Event()
        self._jobs.put(done.set)
        done.wait()

    def move_to(self, beat: Job, session: Path) -> None:
        """Write for another session from now on; nothing may be queued."""
        self._beat, self._session = beat, session

    def forget_failure(self) -> None:
        """Let what went wrong so far not be raised: it is tried again."""
        with self._lock:
            self._failure = None

    def raise_failure(self) -> None:
        """Raise what went wrong since the last call: UserError for what a person can mend."""
        with self._lock:
            failure, self._failure = self._failure, None
        if isinstance(failure, FileNotFoundError) and not self._session.exists():
            raise UserError(gone(self._session)) from failure
        if isinstance(failure, OSError):
            raise UserError(
                f"The session {self._session} could not be saved: {reason(failure)}."
            ) from failure
        if isinstance(failure, sqlite3.Error):
            raise UserError(
                f"The history of the session {self._session} could not be saved: {failure}."
            ) from failure
        if failure is not None:
            raise failure

    def finish(self) -> None:
        """Do what is queued and end the thread."""
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join()

    def _work(self) -> None:
        due = time.monotonic() + self._every
        while True:
            job = self._next(due - time.monotonic())
            if job is None:
                return
            if job is self._beat:
                due = time.monotonic() + self._every
            try:
                job()
            except BaseException as error:  # noqa: BLE001 - handed to the thread that trains, which raises it
                with self._lock:
                    self._failure = self._failure or error

    def _next(self, seconds: float) -> Job | None:
        """The next job, or the beat where that is due."""
        if seconds <= 0:
            return self._beat
        try:
            return self._jobs.get(timeout=seconds)
        except Empty:
            return self._beat
