"""Everything that can be done in the window: words, icon and shortcut of each action, in one table."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from ganstudio.ui.controller import Controller
from ganstudio.ui.icons import icon
from ganstudio.ui.perspectives import PERSPECTIVES
from ganstudio.ui.speeds import SPEEDS
from ganstudio.ui.theme import Colours
from ganstudio.ui.training import RunState


@dataclass(frozen=True)
class ActionSpec:
    """One action; ``icon`` is the name of a drawing in ``resources/icons/actions``."""

    name: str
    text: str
    shortcut: str
    tip: str
    icon: str = ""
    checkable: bool = False


SPECS = (
    ActionSpec("start_page", "Start page", "Ctrl+N", "Choose a preset or a recent session", "home-outline"),
    ActionSpec("open", "Open…", "Ctrl+O", "Open the folder of a session", "folder-open-outline"),
    ActionSpec(
        "open_file",
        "Open a file…",
        "Ctrl+Shift+O",
        "Import an exported session (zip), or open an experiment file (TOML)",
        "file-import-outline",
    ),
    ActionSpec("save", "Save", "Ctrl+S", "Write a checkpoint now", "content-save-outline"),
    ActionSpec(
        "save_as",
        "Save as…",
        "Ctrl+Shift+S",
        "Copy the session to another folder and go on there",
        "content-save-move-outline",
    ),
    ActionSpec(
        "save_settings",
        "Save settings as…",
        "Ctrl+Alt+E",
        "Write the settings of the form as an experiment file (TOML)",
        "file-cog-outline",
    ),
    ActionSpec(
        "revert",
        "Revert to last saved",
        "Ctrl+Alt+R",
        "Go back to the newest checkpoint, with its settings",
        "file-undo-outline",
    ),
    ActionSpec(
        "export",
        "Export…",
        "Ctrl+Shift+E",
        "Write weights, models, pictures, films, numbers or plots for other programs",
        "export",
    ),
    ActionSpec(
        "evaluate",
        "Evaluate…",
        "Ctrl+Shift+V",
        "Compute figures of quality of a checkpoint's generator; training goes on meanwhile",
        "scale-balance",
    ),
    ActionSpec(
        "fork_setting",
        "Change a setting on a fork…",
        "Ctrl+Shift+F",
        "Change what is fixed in this session in a new one that begins with its newest state",
        "source-branch",
    ),
    ActionSpec("quit", "Quit", "Ctrl+Q", "Save and close the window", "exit-to-app"),
    ActionSpec("train", "Train", "F5", "Train, or go on after a pause", "play"),
    ActionSpec("pause", "Pause", "F6", "Wait between two steps; the state stays in memory", "pause"),
    ActionSpec("stop", "Stop", "F7", "Finish the step, save, and end", "stop"),
    ActionSpec(
        "step_iteration",
        "One iteration",
        "F8",
        "All critic steps and one generator step, then pause",
        "debug-step-over",
    ),
    ActionSpec(
        "step_critic",
        "One critic step",
        "Shift+F8",
        "Update the critic once, then pause",
        "debug-step-into",
    ),
    ActionSpec(
        "step_generator",
        "One generator step",
        "Ctrl+F8",
        "Go on until the generator is updated, then pause",
        "debug-step-out",
    ),
    *(ActionSpec(s.name, s.title, s.shortcut, s.tip, checkable=True) for s in SPEEDS.values()),
    ActionSpec(
        "replay",
        "Replay",
        "Ctrl+R",
        "Show the history as it happened, from here or from the start",
        "play-box-outline",
        checkable=True,
    ),
    ActionSpec("look_earlier", "Earlier", "Alt+Left", "Look at the stored picture before", "chevron-left"),
    ActionSpec("look_later", "Later", "Alt+Right", "Look at the stored picture after", "chevron-right"),
    ActionSpec("look_at_first", "The beginning", "Alt+Home", "Look at the beginning", "page-first"),
    ActionSpec("look_at_now", "Now", "Esc", "Stop looking back: show what is live", "page-last"),
    ActionSpec(
        "side_by_side",
        "Side by side…",
        "Ctrl+Shift+B",
        "Show two sessions beside each other, with linked axes and linked time",
        "compare",
    ),
    ActionSpec("reset_layout", "Reset layout", "Ctrl+0", "Put all panels back in their places", "restore"),
    *(ActionSpec(p.name, p.title, p.shortcut, p.tip, checkable=True) for p in PERSPECTIVES.values()),
    ActionSpec("light", "Light", "Ctrl+Alt+L", "Dark text on a light background", checkable=True),
    ActionSpec("dark", "Dark", "Ctrl+Alt+D", "Light text on a dark background", checkable=True),
    ActionSpec("system", "As the desktop", "Ctrl+Alt+S", "Follow the desktop's choice", checkable=True),
    ActionSpec("screenshot", "Take a screenshot…", "F12", "Save a picture of this window", "camera-outline"),
    ActionSpec(
        "picture_of_preset",
        "Run a preset and take its picture…",
        "Shift+F12",
        "Train a preset in this window and save a picture of it",
        "camera-timer",
    ),
    ActionSpec(
        "self_check",
        "Self-check…",
        "Shift+F1",
        "Check that this installation computes right on the chosen device",
        "check-decagram-outline",
    ),
    ActionSpec("about", "About GAN Studio", "F1", "Version and licences", "information-outline"),
)


def make_actions(parent: QWidget) -> dict[str, QAction]:
    """Make all actions by name, as children of the window so that their shortcuts work everywhere in it."""
    made: dict[str, QAction] = {}
    for spec in SPECS:
        action = QAction(spec.text, parent, checkable=spec.checkable)
        action.setObjectName(spec.name)
        action.setShortcut(QKeySequence(spec.shortcut))
        shortcut = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{spec.tip} ({shortcut})")
        action.setStatusTip(spec.tip)
        parent.addAction(action)
        made[spec.name] = action
    made["step_iteration"].setIconText("Step")
    return made


def availability(controller: Controller) -> dict[str, bool]:
    """Whether each action that depends on training or on the session makes sense now."""
    state, ready, has_session = controller.state, controller.experiment is not None, bool(controller.session)
    idle = state is RunState.IDLE and not controller.is_opening
    follows = controller.following.lives
    return {
        "train": (idle and ready) or state is RunState.PAUSED,
        "pause": state in {RunState.RUNNING, RunState.LOADING},
        "stop": state not in {RunState.IDLE, RunState.STOPPING},
        "save": has_session,
        "fork_setting": has_session,
        "save_as": has_session and state is not RunState.STOPPING,
        "save_settings": ready,
        "export": has_session,
        "evaluate": has_session,
        "revert": has_session and not follows and state not in {RunState.STOPPING, RunState.LOADING},
        **dict.fromkeys(
            ("step_iteration", "step_critic", "step_generator"),
            (idle and ready) or (state in {RunState.RUNNING, RunState.PAUSED} and not follows),
        ),
    }


def tint(actions: dict[str, QAction], colours: Colours) -> None:
    """Give all actions icons in the colours of the theme."""
    for spec in SPECS:
        if spec.icon:
            colour = colours.on_accent if spec.name == "train" else colours.foreground
            actions[spec.name].setIcon(icon(spec.icon, colour, colours.muted))
