"""The weights as one safetensors file that anybody can load."""

from __future__ import annotations

import json
from pathlib import Path

from ganstudio import __version__
from ganstudio.data.dataset import Progress
from ganstudio.exporting.kinds import NoOptions
from ganstudio.exporting.source import Source

Options = NoOptions

NETWORKS = ("generator", "generator_ema", "critic")


def export(source: Source, out: Path, _options: NoOptions, progress: Progress) -> int:
    """Write tensors by names such as "generator.hidden.0.weight", and the experiment in the header.

    "generator_ema" is the moving average that samples are drawn from, where there is one. The header's values
    are text: "iteration", and as JSON "experiment", "sample_shape" and "classes".
    """
    import numpy as np
    from safetensors.numpy import save

    progress("Reading the checkpoint", 0, 0)
    snapshot = source.snapshot
    tensors = {
        f"{network}.{name}": np.require(array, requirements="C")
        for network in NETWORKS
        for name, array in snapshot.tensors.get(network, {}).items()
    }
    header = {
        "made_by": f"GAN Studio {__version__}",
        "iteration": str(snapshot.iteration),
        "experiment": json.dumps(snapshot.numbers["experiment"]),
        "sample_shape": json.dumps(snapshot.numbers["sample_shape"]),
        "classes": json.dumps(snapshot.numbers.get("class_names", [])),
    }
    progress("Writing the weights", 0, 0)
    out.write_bytes(save(tensors, header))
    return snapshot.iteration
