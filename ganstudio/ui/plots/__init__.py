"""Plots: growing series of numbers, what of them is drawn, and the widgets that draw them."""
