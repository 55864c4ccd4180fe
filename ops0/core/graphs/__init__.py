"""The graph of a pipeline: its edges, their order, and what a mapped call becomes. Pure."""
