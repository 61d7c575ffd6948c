"""GAN Studio: train GANs by pointing and clicking, and see what happens inside."""

import os

__version__ = "0.1.0"

# OpenMP threads that spin while they wait take the processor from the window; this must stand before torch is
# imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# scikit-learn's joblib warns where a container has no shared memory for its processes; none are started here.
os.environ.setdefault("JOBLIB_MULTIPROCESSING", "0")
