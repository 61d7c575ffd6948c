"""Sessions: what training leaves on disk, and how it is read back."""
