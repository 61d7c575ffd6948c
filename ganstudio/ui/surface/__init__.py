"""The pieces of the critic surface panel."""
