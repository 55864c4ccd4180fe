"""How a plan runs on one machine: the orchestrator and the engines behind it."""
