"""Batches of sources, from the first record to the commit."""
