"""Random projects, and whether a slice of one does what the whole does."""
