"""What can be done with whole sessions and their checkpoints. Long work goes on beside the window."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from ganstudio.data.dataset import Progress
from ganstudio.session.places import safe_name
from ganstudio.session.session import Session
from ganstudio.ui import questions
from ganstudio.ui.jobs import Ending
from ganstudio.ui.panels.checkpoints import CheckpointsPanel
from ganstudio.ui.panels.notes import NotesPanel
from ganstudio.ui.picture_view import PictureView

if TYPE_CHECKING:
    from ganstudio.ui.main_window import MainWindow

DRAWN = 64  # samples
Then = Callable[[object], None]


class SessionDesk(QObject):
    """Methods whose names begin with ``ask_`` open a dialog; the others only do."""

    export_asked = Signal(object)  # iteration of a checkpoint

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._controller = window.controller
        self._writing = Lock()  # notes and pins lie in one file
        panels = window.workspace.panels
        self._checkpoints = cast(CheckpointsPanel, panels["checkpoints"])
        self._notes = cast(NotesPanel, panels["notes"])
        self._checkpoints.asked.connect(self._on_asked)
        self._checkpoints.pin_asked.connect(self.pin)
        self._notes.edited.connect(self.annotate)

    def flush(self) -> None:
        """Have what was typed into the notes saved now."""
        self._notes.flush()

    # What is written beside the training.

    @Slot(object, str, object)
    def annotate(self, session: Session, notes: str, tags: tuple[str, ...]) -> None:
        """Save notes and tags of a session."""

        def work(_progress: Progress) -> object:
            with self._writing:
                session.annotate(notes=notes, tags=tags)
            return None

        def end(ending: Ending) -> None:
            self._notes.show_saved(session, ending.sentence)

        self._run("Saving the notes", work, end=end, shown=False)

    @Slot(object, bool)
    def pin(self, iteration: int, pinned: bool) -> None:  # noqa: FBT001 - a slot
        """Keep a checkpoint whatever the settings say, or no longer."""
        if (session := self._controller.session) is None:
            return

        def work(_progress: Progress) -> object:
            with self._writing:
                session.pin(iteration, pinned)
            return None

        self._run("Pinning", work, lambda _: self._checkpoints.reload(), shown=False)

    # Going back and branching off.

    @Slot(str, object)
    def _on_asked(self, what: str, iteration: int) -> None:
        {
            "revert": self.ask_revert_to,
            "fork": self.ask_fork,
            "sample": self.sample,
            "export": self.export_asked.emit,
        }[what](iteration)

    def ask_revert_to(self, iteration: int) -> None:
        """Go back to a checkpoint if the person agrees to what will be gone."""
        session = self._controller.session
        if session is not None and questions.ask_revert(self._window, iteration, self._dropped(iteration)):
            self.revert_to(session, iteration)

    def revert_to(self, session: Session, iteration: int) -> None:
        """Go back to a checkpoint; what came after it is removed."""

        def begin() -> None:
            self._run(
                "Going back",
                lambda _: session.revert(iteration),
                lambda _: self._controller.open(session.path),
            )

        self._controller.abandon(begin)

    def ask_fork(self, iteration: int) -> None:
        """Ask for a name, and begin a new session with a checkpoint."""
        session = self._controller.session
        if session is None:
            return
        name = questions.ask_name(
            self._window, "Fork", f"Name of the new session, which begins at iteration {iteration:,}:",
            f"{session.name} fork",
        )  # fmt: skip
        if name:
            self._window.leaving.leave(lambda: self.fork(session, iteration, name), "fork")

    def fork(
        self, session: Session, iteration: int | None, name: str, values: Mapping[str, object] | None = None
    ) -> None:
        """Begin a new session beside this one with one of its checkpoints (None: the newest), and open it.

        ``values`` are settings that it shall have otherwise.
        """
        path = session.path.with_name(safe_name(name))
        self._run("Forking", lambda _: session.fork(path, iteration, values=values), self._open_made)

    # Copies and archives.

    def save_as(self, path: Path) -> None:
        """Copy the session and go on in the copy; training that runs stops meanwhile and then goes on."""
        controller = self._controller
        go_on = controller.interlude()

        def begin() -> None:
            session = controller.session
            if session is None:
                return

            def end(ending: Ending) -> None:
                if isinstance(ending.result, Session):
                    controller.adopt(ending.result)
                go_on()

            self._run("Copying the session", lambda progress: session.save_as(path, progress), end=end)

        controller.when_idle(begin)

    def ask_import(self, archive: Path) -> None:
        """Ask where the session in an archive shall lie, unpack it there and open it."""
        if path := questions.ask_import_target(self._window, archive.stem):
            self._window.leaving.leave(lambda: self.import_archive(archive, path), "open")

    def import_archive(self, archive: Path, path: Path) -> None:
        """Unpack an exported session into a new folder and open it."""
        from ganstudio.session.archive import import_zip

        self._run("Importing", lambda progress: import_zip(archive, path, progress), self._open_made)

    @Slot(object)
    def dismiss(self, path: Path) -> None:
        """Offer an interrupted session for restoring no more; it stays as it is."""

        def work(_progress: Progress) -> object:
            Session.open(path).settle()
            return None

        self._run("Dismissing", work, lambda _: self._window.show_recent(), shown=False)

    # Looking.

    def sample(self, iteration: int) -> None:
        """Draw new samples from a checkpoint and show them."""
        if (session := self._controller.session) is not None:
            seed = random.randrange(2**31)  # noqa: S311 - nothing secret
            self._run(
                "Drawing samples",
                lambda _: _draw(session, iteration, seed),
                lambda image: self._show_samples(iteration, seed, image),
            )

    def _show_samples(self, iteration: int, seed: int, image: object) -> None:
        if isinstance(image, QImage):
            view = PictureView(self._window, "samples:view", "")
            words = f"{DRAWN} new samples of the generator, seed {seed}."
            view.show_picture(f"Samples at iteration {iteration:,}", words, image)
            view.show()

    def _dropped(self, iteration: int) -> list[str]:
        """What going back to a checkpoint removes, line by line."""
        controller = self._controller
        session = controller.session
        later = [i for i in session.checkpoints() if i > iteration] if session else []
        past = controller.meter.pace.iteration - iteration
        lines = [f"{past:,} iterations of training after it are removed for good."] if past > 0 else []
        if later:
            count = f"{len(later)} later checkpoint{'' if len(later) == 1 else 's'}"
            lines.append(f"{count} will be gone, pinned ones too. A fork would leave them as they are.")
        return lines + self._window.leaving.losses()[-1:] if not controller.is_active else lines

    def _open_made(self, made: object) -> None:
        if isinstance(made, Session):
            self._controller.open(made.path)

    def _run(
        self,
        title: str,
        work: Callable[[Progress], object],
        then: Then | None = None,
        *,
        end: Callable[[Ending], None] | None = None,
        shown: bool = True,
    ) -> None:
        """Work beside the window, then do something with the result; a refusal is told as a problem."""
        _Errand(self, self._window, title, work, then, end, shown=shown)


class _Errand(QObject):
    """One job and what follows; it lives until then."""

    def __init__(
        self,
        desk: SessionDesk,
        window: MainWindow,
        title: str,
        work: Callable[[Progress], object],
        then: Then | None,
        end: Callable[[Ending], None] | None,
        *,
        shown: bool,
    ) -> None:
        super().__init__(desk)
        self._window = window
        self._title = title
        self._then = then
        self._end = end
        job = window.jobs.start(title, work)
        job.ended.connect(self._on_ended)
        if shown:
            window.status.job.follow(job)

    @Slot(object)
    def _on_ended(self, ending: Ending) -> None:
        if ending.kind == "refused":
            self._window.controller.trouble(ending.sentence)
        elif ending.kind == "cancelled":
            self._window.status.showMessage(f"{self._title}: cancelled.")
        if self._end is not None:
            self._end(ending)
        if ending.kind == "done" and self._then is not None:
            self._then(ending.result)
        self.deleteLater()


def _draw(session: Session, iteration: int, seed: int) -> QImage:
    """Samples of a checkpoint as a picture; imports torch, so it is called beside the window."""
    from ganstudio.engine.sampling import sample
    from ganstudio.session.pictures import image_grid, points_plot
    from ganstudio.session.replaying import read_started

    samples = sample(session.snapshot(iteration), count=DRAWN, seed=seed)
    if samples.ndim == 4:
        image = image_grid(samples)[0]
    else:
        many = sample(session.snapshot(iteration), count=1000, seed=seed)
        image = points_plot(many, read_started(session.path).real)
    content = image.convert("RGBA")
    width, height = content.size
    return QImage(content.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
