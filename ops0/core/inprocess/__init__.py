"""Steps called in the process that asks: for tests, notebooks and debuggers."""
