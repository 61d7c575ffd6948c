"""Following a session that another program or machine trains, and sending it what a person asks."""

from __future__ import annotations

import time
import traceback
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from ganstudio.engine.events import Edited, Metrics, Started
from ganstudio.errors import UserError
from ganstudio.experiment.parse import with_values
from ganstudio.session.commands import send
from ganstudio.session.following import Follower, Look
from ganstudio.session.lock import BEAT
from ganstudio.session.session import Session
from ganstudio.ui.mailbox import Saved

if TYPE_CHECKING:
    from ganstudio.ui.training import Training

EVERY = 1.0  # seconds between two looks
SHARE = 10  # times as long as a look took is waited at least, where the folder is slow
PATIENCE = 3  # looks that may fail, one upon the other, before the person hears of it

Wish = tuple[str, str, Any]  # action, and of an edit the setting's path and value


class Looker(QThread):
    """Looks and sends, so that the window never waits for a shared folder."""

    looked = Signal(object, object)  # this, Look
    failed = Signal(object, str, str)  # this, a sentence, and the traceback of a fault of the program
    refused = Signal(object, str)  # this, why something could not be sent

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._path = session.path
        self._wishes: SimpleQueue[Wish | None] = SimpleQueue()
        self._failures = 0

    def wish(self, action: str, path: str = "", value: object = None) -> None:
        """Have something sent."""
        self._wishes.put((action, path, value))

    def finish(self) -> None:
        """End, once the look under way is over and what was wished for is sent; nobody waits for that."""
        self.finished.connect(self.deleteLater)
        self._wishes.put(None)

    def run(self) -> None:
        """Look until ``finish``."""
        follower = Follower(self._path)
        while True:
            began = time.monotonic()
            self._look(follower)
            ends = began + max(EVERY, (SHARE + 1) * (time.monotonic() - began))
            while (left := ends - time.monotonic()) > 0:
                try:
                    wish = self._wishes.get(timeout=left)
                except Empty:
                    break
                if wish is None or not self._send(wish):
                    return

    def _look(self, follower: Follower) -> None:
        try:
            look = follower.look()
        except UserError as error:
            self._failures += 1
            if self._failures == PATIENCE:
                self.failed.emit(self, str(error), "")
        except Exception as error:  # noqa: BLE001 - whatever it is, the window must hear of it
            sentence = f"There is a fault in the program ({type(error).__name__}: {error})."
            self.failed.emit(self, sentence, traceback.format_exc())
        else:
            self._failures = 0
            self.looked.emit(self, look)

    def _send(self, wish: Wish) -> bool:
        """Send all that is wished for, of a setting the newest value only; whether to go on."""
        wishes: list[Wish | None] = [wish]
        while True:
            try:
                wishes.append(self._wishes.get_nowait())
            except Empty:
                break
        newest = {w[1]: w for w in wishes if w is not None and w[0] == "edit"}
        try:
            for each in wishes:
                if each is not None and (each[0] != "edit" or newest[each[1]] is each):
                    send(self._path, *each)
        except UserError as error:
            self.refused.emit(self, str(error))
        return None not in wishes


class Following(QObject):
    """What is followed, if anything; it has those methods of ``engine.control.Control`` that reach it."""

    anew = Signal(object, object)  # Experiment, Record: all of the history comes, what is shown is to go
    told = Signal(str)  # who trains, in words; "" where nothing is followed

    def __init__(self, controller: Training) -> None:
        super().__init__(controller)
        self._controller = controller
        self._looker: Looker | None = None
        self.lives = False  # whether another program trains what is shown
        self._words = ""

    def begin(self, session: Session) -> None:
        """Follow a session from now on."""
        self.end()
        self._looker = Looker(session, self)
        self._looker.looked.connect(self._on_looked)
        self._looker.failed.connect(self._on_failed)
        self._looker.refused.connect(self._on_refused)
        self._looker.start()

    def end(self) -> None:
        """Follow nothing any more."""
        looker, self._looker = self._looker, None
        if looker is not None:
            looker.finish()
        self._say("")
        if self.lives:
            self.lives = False
            self._controller.show_remote(None)

    def close(self) -> None:
        """Follow nothing any more, and wait for the looks that are under way: the window goes."""
        self.end()
        for looker in self.findChildren(Looker):
            looker.wait()

    def pause(self) -> None:
        """Ask training to wait between two steps."""
        self._wish("pause")

    def resume(self) -> None:
        """Ask training to go on."""
        self._wish("resume")

    def stop(self) -> None:
        """Ask training to finish the step, save, and end."""
        self._wish("stop")

    def save(self) -> None:
        """Ask for a checkpoint."""
        self._wish("save")

    def edit(self, path: str, value: object) -> None:
        """Ask for a live setting to be changed."""
        self._wish("edit", path, value)

    def _wish(self, action: str, path: str = "", value: object = None) -> None:
        if self._looker is not None:
            self._looker.wish(action, path, value)
            what = f"{path} = {value}" if path else action
            self._controller.said.emit(f"Sent to the program that trains: {what}.")

    @Slot(object, object)
    def _on_looked(self, looker: Looker, look: Look) -> None:
        if looker is not self._looker:
            return
        controller = self._controller
        if look.anew:
            self._show_anew(look)
        elif look.record is not None and controller.session is not None:
            controller.session.record = look.record
        self._learn(look)
        events = list(look.events)
        if look.saved is not None and look.saved != controller.saves.saved:
            controller.saves.begin(controller.session)
            events.append(Saved(look.saved))
        ended = self.lives and not look.lives
        self.lives = look.lives
        controller.show_remote(look.holder.state if look.lives and look.holder else None)
        if events:
            controller.history.put(events)
        self._say(_words(look))
        if ended:
            self._tell_end(look)

    def _learn(self, look: Look) -> None:
        controller = self._controller
        for event in look.events:
            if isinstance(event, Started):
                controller.meter.start(event.iteration, event.target_iteration)
            elif isinstance(event, Metrics):
                controller.meter.add(event)
            elif isinstance(event, Edited) and not look.anew:
                controller.kept = with_values(controller.kept, {event.path: event.new})

    def _show_anew(self, look: Look) -> None:
        """The whole history comes: what is shown is cleared."""
        controller = self._controller
        controller.show_remote(None)  # the form takes other fixed settings only while nothing trains
        if look.record is not None and look.experiment is not None:
            self.anew.emit(look.experiment, look.record)

    def _tell_end(self, look: Look) -> None:
        controller = self._controller
        if controller.session is None:
            return
        at = "it was never saved" if look.saved is None else f"it stands at iteration {look.saved:,}"
        if look.holder is None:
            controller.said.emit(f"The training has ended; {at}. Press Train to go on here.")
        else:
            controller.trouble(
                f"{look.writer} trains {controller.session.path} no longer and has not closed it; {at}. "
                "Press Train to go on from there."
            )

    @Slot(object, str, str)
    def _on_failed(self, looker: Looker, sentence: str, detail: str) -> None:
        if looker is self._looker:
            self._controller.trouble(sentence, detail)

    @Slot(object, str)
    def _on_refused(self, looker: Looker, sentence: str) -> None:
        if looker is self._looker:
            self._controller.trouble(sentence)

    def _say(self, words: str) -> None:
        if words != self._words:
            self._words = words
            self.told.emit(words)


def _words(look: Look) -> str:
    """Who trains what is shown, and whether it is heard of."""
    if look.holder is None or not look.lives:
        return ""
    words = f"Following: trained by {look.holder.host} (pid {look.holder.pid}), read-only"
    if look.silent > 3 * BEAT:
        return f"{words}; no sign of life for {look.silent:.0f} s"
    return words if look.holder.state == "running" else f"{words}; {look.holder.state}"
