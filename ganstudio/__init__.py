"""GAN Studio: train GANs by pointing and clicking, and see what happens inside."""

import os

__version__ = "0.1.0"

# OpenMP threads that spin while they wait take the processor from the window; this must stand before torch is
# imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
