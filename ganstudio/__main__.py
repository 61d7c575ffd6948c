"""Lets ``python -m ganstudio`` do what the ``ganstudio`` command does."""

from ganstudio.cli.main import main

raise SystemExit(main())
