"""Loads torch behind the window and finds out which devices there are."""

from __future__ import annotations

import gc
import traceback

from PySide6.QtCore import QThread, Signal


class TorchLoader(QThread):
    """Imports torch in a thread of its own, so that the window shows at once and Train finds it loaded."""

    found = Signal(object)  # tuple[DeviceInfo, ...]
    failed = Signal(str, str)  # a sentence and its traceback

    def run(self) -> None:
        """Import torch and tell the devices."""
        try:
            from ganstudio.engine.devices import available_devices

            devices = available_devices()
        except Exception as error:  # noqa: BLE001 - a broken installation can raise anything
            self.failed.emit(f"PyTorch could not be loaded: {error}.", traceback.format_exc())
        else:
            self.found.emit(devices)
            from torch import _dynamo  # noqa: F401 - a second of work that the first optimiser would wait for

            gc.freeze()  # what was loaded stays; looking for garbage in it would hold up the window each time
