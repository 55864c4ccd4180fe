"""Measures what analyses say of the corpus against its truth. ``python -m measuring`` in ``tests/corpus`` prints it."""
