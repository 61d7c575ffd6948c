"""The views of the gradient inspector, each one picture of how steep the critic is."""
