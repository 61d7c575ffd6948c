"""What leaves a session for other programs: weights, models, pictures, films, numbers and plots.

The implementation of a kind is a module with ``Options``, a table of settings, and
``export(source, out, options, progress) -> int``, which writes the file or folder ``out`` (it does not exist
yet) and returns the iteration that it shows.

Traits: an ending such as ".gif" for a file, or "folder"; where it comes from, "state" (one checkpoint),
"history" (everything up to an iteration) or "session" (all of it); "extra:NAME" where an extra is needed.
"""

from ganstudio.registry import Registry

EXPORTS = Registry("export")

EXPORTS.register(
    "weights",
    title="Weights (safetensors)",
    help="The weights of the generator, of its moving average and of the critic by readable names, with the "
    "experiment in the header. Any program with safetensors reads them.",
    source="github.com/huggingface/safetensors",
    target="ganstudio.exporting.weights",
    traits=("state", ".safetensors"),
)
EXPORTS.register(
    "onnx",
    title="Generator (ONNX)",
    help="The generator, its moving average where there is one, as a model that runs without PyTorch: from "
    "latents z, and labels where it knows classes, to samples, in batches of any size. Opset 18.",
    source="onnx.ai",
    target="ganstudio.exporting.onnx_model",
    traits=("state", ".onnx", "extra:onnx"),
)
EXPORTS.register(
    "samples",
    title="Samples (folder of PNG)",
    help="New samples, each a PNG of its own; of a conditional generator in a folder for each class. Points "
    "are written as one CSV file.",
    target="ganstudio.exporting.samples",
    traits=("state", "folder"),
)
EXPORTS.register(
    "gif",
    title="History of the samples (GIF)",
    help="A film of the sample grids, from the first to the newest, that every browser plays.",
    target="ganstudio.exporting.gif",
    traits=("history", ".gif"),
)
EXPORTS.register(
    "mp4",
    title="History of the samples (MP4)",
    help="The same film as an MP4 video (H.264), smaller and with all colours.",
    target="ganstudio.exporting.mp4",
    traits=("history", ".mp4", "extra:video"),
)
EXPORTS.register(
    "scalars",
    title="Scalars (CSV)",
    help="Losses, Wasserstein estimate, penalty, gradient norm and figures of quality, one line for each "
    "iteration.",
    target="ganstudio.exporting.scalars",
    traits=("history", ".csv"),
)
EXPORTS.register(
    "tensorboard",
    title="TensorBoard event file",
    help="Scalars, sample grids and histograms of the gradient norms, to be read with tensorboard --logdir.",
    target="ganstudio.exporting.tensorboard",
    traits=("history", "folder"),
)
EXPORTS.register(
    "plots",
    title="Plots (PNG, SVG, CSV)",
    help="Losses and gradient norms over the course of training, each as a picture, as a drawing and as the "
    "numbers behind it.",
    target="ganstudio.exporting.plots",
    traits=("history", "folder", "extra:figures"),
)
EXPORTS.register(
    "session",
    title="Session (zip)",
    help="Everything in one file, to send and to keep: the studio unpacks it and trains on.",
    target="ganstudio.exporting.session_zip",
    traits=("session", ".zip"),
)
