"""Leaving what is worked on: nothing that a person made is lost without a question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ganstudio.errors import UserError
from ganstudio.experiment.describe import flatten, row, shown
from ganstudio.experiment.files import experiment_toml
from ganstudio.experiment.model import Experiment
from ganstudio.ui import exports, questions
from ganstudio.ui.controller import Controller
from ganstudio.ui.forms.experiment_form import ExperimentForm
from ganstudio.ui.forms.words import full_title
from ganstudio.ui.questions import Answer

Action = Callable[[], object]


class Leaving(QObject):
    """Asks what becomes of unsaved training and of settings that were never trained, then goes on."""

    def __init__(self, window: QWidget, controller: Controller, form: ExperimentForm) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._form = form

    @property
    def would_lose(self) -> bool:
        """Whether there is anything to ask about."""
        return bool(self.losses())

    def losses(self) -> list[str]:
        """One line for each thing that is not kept."""
        found = [f"You lose {words}." for words in [self._unsaved()] if words]
        if self._has_new_settings():
            experiment = self._form.experiment()
            names = changed(self._controller.kept, experiment) if experiment else ["what cannot be right"]
            found.append(f"These settings go back: {', '.join(names)}.")
        return found

    def leave(self, action: Action, verb: str) -> None:
        """Do something that leaves this experiment, unless the person says no.

        ``verb`` is what the buttons call it, such as "close" or "open".
        """
        if self._has_new_settings() and not self._settle_settings(verb):
            return
        if not self._unsaved():
            self._controller.when_idle(action)
            return
        answer = questions.ask_unsaved(self._window, self._unsaved, verb)
        if answer is Answer.KEEP:
            self._controller.when_idle(action)
        elif answer is Answer.DROP:

            def go() -> None:
                self._controller.forsake()
                action()

            self._controller.abandon(go)

    def save_settings(self, path: Path) -> bool:
        """Write the form's settings as an experiment file; where that fails the problems say why."""
        experiment = self._form.experiment()
        if experiment is None:
            return False
        try:
            exports.write(path, experiment_toml(experiment).encode())
        except UserError as error:
            self._controller.trouble(str(error))
            return False
        self._controller.kept = experiment
        self._controller.said.emit(f"The settings are saved in {path}.")
        return True

    def ask_save_settings(self) -> bool:
        """Ask where the form's settings shall lie and write them; whether that was done."""
        experiment = self._form.experiment()
        if experiment is None:
            self._form.focus_first_issue()
            return False
        path = questions.ask_settings_file(self._window, experiment.name)
        return path is not None and self.save_settings(path)

    def _settle_settings(self, verb: str) -> bool:
        """Ask what becomes of settings that were never trained; whether one may go on."""
        experiment = self._form.experiment()
        names = changed(self._controller.kept, experiment) if experiment else []
        answer = questions.ask_settings(self._window, names, verb, valid=experiment is not None)
        return answer is Answer.DROP or (answer is Answer.KEEP and self.ask_save_settings())

    def _has_new_settings(self) -> bool:
        """Whether the form holds settings that lie nowhere; those of a running training do lie somewhere."""
        if self._controller.is_active or self._controller.following.lives:
            return False
        experiment = self._form.experiment()
        return experiment is None or bool(changed(self._controller.kept, experiment))

    def _unsaved(self) -> str:
        """What would be lost if training ended now, in words; "" for nothing."""
        loss = self._controller.saves.loss
        return loss.words if self._controller.is_active and loss else ""


def changed(old: Experiment, new: Experiment) -> list[str]:
    """Names of the settings that matter in ``new`` and have another value than in ``old``."""
    before = flatten(old)
    return [full_title(row(path)) for path, value in shown(new).items() if before[path] != value]
