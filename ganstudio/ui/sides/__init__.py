"""Two sessions side by side: the same panels twice, with linked axes and linked time."""
