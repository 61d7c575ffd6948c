"""The table of runs: what it shows of each session, and how it is read."""
