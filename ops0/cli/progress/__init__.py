"""How long work looks while it goes on: on a terminal, and line by line elsewhere."""
