"""The panels of the window, each a view that only listens."""
