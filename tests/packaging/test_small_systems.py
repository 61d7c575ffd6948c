"""What bare systems and containers lack must not disturb the studio."""

import os
import subprocess
import sys

LOAD_WITHOUT_SHARED_MEMORY = """
import _multiprocessing

class Refused:
    def __init__(self, *arguments, **options):
        raise PermissionError(13, "Permission denied")

_multiprocessing.SemLock = Refused
import ganstudio
from sklearn.datasets import load_digits
print(len(load_digits().images))
"""


def test_digits_load_silently_without_shared_memory() -> None:
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", LOAD_WITHOUT_SHARED_MEMORY],
        check=True,
        env={name: value for name, value in os.environ.items() if name != "JOBLIB_MULTIPROCESSING"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (result.stdout, result.stderr) == ("1797\n", "")
