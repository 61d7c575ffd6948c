"""The script of a case in a process of its own, with torch as it is by default.

Run by the training benchmark: it trains as many iterations as each line of its input says, and answers with
the seconds that they took.
"""

from __future__ import annotations

import sys
import time

import torch  # before the studio, which chooses how its threads wait and how memory is kept

from ganstudio.experiment.parse import with_assignments
from ganstudio.networks import closed_samples, convolutions
from tests.bench.cases import CASES
from tests.bench.reference import Script


def main(name: str, device: str, *settings: str) -> None:
    """Answer until the input ends."""
    convolutions.enabled = closed_samples.enabled = False  # its networks are the library's layers
    case = CASES[name]
    script = Script(with_assignments(case.experiment(), list(settings)), case.dataset(), device)
    for line in sys.stdin:
        begun = time.perf_counter()
        script.run(int(line))
        if device.startswith("cuda"):
            torch.cuda.synchronize()
        print(time.perf_counter() - begun, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
