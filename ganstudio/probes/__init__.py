"""Probes: what is measured while training; they never change what is trained."""
