"""Drawing a 2-D distribution with the mouse."""
