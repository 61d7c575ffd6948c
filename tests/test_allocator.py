"""Memory that is freed stays with the process."""

from __future__ import annotations

import subprocess
import sys

import pytest

COUNT = """
import resource, sys
import numpy as np
from ganstudio.allocator import keep_freed_memory

if sys.argv[1] == "keep" and not keep_freed_memory():
    print(-1)
    raise SystemExit
for turn in range(20):
    if turn == 10:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    tensor = np.empty(12_000_000, np.float32)  # 48 MB: more than the C library keeps of itself
    tensor.fill(1)
    del tensor
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def _faults(what: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", COUNT, what], check=True, capture_output=True, text=True, timeout=120
    )
    return int(done.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems keep memory in their own way")
def test_no_page_of_freed_memory_is_mapped_anew() -> None:
    kept = _faults("keep")
    if kept < 0:
        pytest.skip("this C library has no mallopt")
    assert kept < 100
    assert kept < _faults("leave")
