"""Lets ``python -m ganstudio`` do what the ``ganstudio`` command does."""

from multiprocessing import freeze_support

from ganstudio.cli.main import main

if __name__ == "__main__":
    freeze_support()  # the packaged program is also that of the processes which it starts
    raise SystemExit(main())
