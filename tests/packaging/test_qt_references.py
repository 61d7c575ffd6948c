"""Some releases of PySide6 take a reference from True with every emission, until the interpreter aborts."""

import subprocess
import sys

COUNT = """
import sys
from PySide6.QtCore import QObject, Signal, Slot

class Sender(QObject):
    happened = Signal(object)

class Receiver(QObject):
    count = 0

    @Slot(object)
    def note(self, value):
        self.count += 1

sender, receiver = Sender(), Receiver()
sender.happened.connect(receiver.note)
before = sys.getrefcount(True)
for number in range(1000):
    sender.happened.emit(number)
print(receiver.count, sys.getrefcount(True) - before)
"""


def test_emissions_leave_the_references_to_true_alone() -> None:
    command = [sys.executable, "-c", COUNT]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    received, change = map(int, result.stdout.split())
    assert received == 1000
    assert abs(change) < 100
