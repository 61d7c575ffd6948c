"""The pieces of the data set browser."""
