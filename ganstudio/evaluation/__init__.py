"""Evaluation: what a generator is worth, in figures that say what they were computed from."""
