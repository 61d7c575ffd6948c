"""Lets ``python -m ganstudio`` do what the ``ganstudio`` command does."""

import sys

from ganstudio.cli.main import main

if __name__ == "__main__":
    if getattr(sys, "frozen", False):  # the packaged program is also that of the processes which it starts
        from multiprocessing import freeze_support

        freeze_support()
    raise SystemExit(main())
