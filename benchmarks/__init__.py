"""ops0 measured against the floor and the peers, as ratios within one run: ``python -m benchmarks``."""
