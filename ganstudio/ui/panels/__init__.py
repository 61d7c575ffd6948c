"""The panels of the window, each a view that only listens. A new panel is added to ``PANELS``."""

from ganstudio.ui.panel import Panel
from ganstudio.ui.panels.algorithm import AlgorithmPanel
from ganstudio.ui.panels.checkpoints import CheckpointsPanel
from ganstudio.ui.panels.data import DataPanel
from ganstudio.ui.panels.diagnosis import DiagnosisPanel
from ganstudio.ui.panels.gradient_norms import GradientNormsPanel
from ganstudio.ui.panels.latents import LatentsPanel
from ganstudio.ui.panels.log import LogPanel
from ganstudio.ui.panels.losses import LossesPanel
from ganstudio.ui.panels.metrics import MetricsPanel
from ganstudio.ui.panels.notes import NotesPanel
from ganstudio.ui.panels.problems import ProblemsPanel
from ganstudio.ui.panels.runs import RunsPanel
from ganstudio.ui.panels.samples import SamplesPanel
from ganstudio.ui.panels.surface import SurfacePanel

PANELS: tuple[type[Panel], ...] = (
    SamplesPanel,
    SurfacePanel,
    LatentsPanel,
    LossesPanel,
    MetricsPanel,
    GradientNormsPanel,
    AlgorithmPanel,
    LogPanel,
    RunsPanel,
    DiagnosisPanel,
    ProblemsPanel,
    CheckpointsPanel,
    NotesPanel,
    DataPanel,
)
