"""The thin runner: what a step's container (or process) executes. Standard library only."""
