"""Registries for tests: Debian's docker-registry on this machine, and a proxy before it that injects faults."""
