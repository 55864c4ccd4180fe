"""Steps and pipelines as a file declares them."""
