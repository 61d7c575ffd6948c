"""One of several processes of a training, started by test_crew.py: trains and writes what it has."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from ganstudio.engine.crew import join
from ganstudio.engine.events import Event, GradientNorms, Metrics
from tests.engine.helpers import trainer


def main() -> None:
    """Take a number of steps (argument 2) of the settings in argument 1, and write to argument 3."""
    t = trainer(json.loads(sys.argv[1]), crew=join("cpu"))
    events: list[Event] = []
    for _ in range(int(sys.argv[2])):
        events += t.advance()
    if t.players.crew.rank == 0:
        events += t.look()
    found = {
        f"{name}.grad/{weight}": parameter.grad.numpy()
        for name, network in (("generator", t.players.generator), ("critic", t.players.critic))
        for weight, parameter in network.named_parameters()
        if parameter.grad is not None
    }
    found |= {
        f"state/{f}/{n}": array for f, part in t.snapshot().tensors.items() for n, array in part.items()
    }
    for event in events:
        if isinstance(event, Metrics):
            found |= {
                f"metrics/{i} {n}": v
                for n, values in event.values.items()
                for i, v in enumerate(values, int(event.iterations[0]))
            }
        if isinstance(event, GradientNorms):
            found["norms"] = event.norms
    np.savez(Path(sys.argv[3]), **found)
    t.leave()


main()
