"""Metrics: pure functions that judge samples."""
