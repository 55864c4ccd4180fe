"""``python -m benchmarks``: measure, print a table. Figures, never a verdict by exit code."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks import analysis, builds, chain, cold, fan, publish, startup, values
from benchmarks.findings import Finding, as_json, table
from benchmarks.programs import call

MEASURES: Mapping[str, tuple[Callable[[int], Iterator[Finding]], int]] = {
    "startup": (startup.measure, 15),
    "analysis": (analysis.measure, 5),
    "again": (builds.measure_again, 7),
    "change": (builds.measure_change, 5),
    "publish": (publish.measure, 3),
    "chain": (chain.measure, 5),
    "fan": (fan.measure, 1),
    "values": (values.measure, 5),
    "bytes": (builds.measure_bytes, 1),
    "cold": (cold.measure, 3),
    "compression": (cold.measure_compression, 3),
}


def main() -> None:
    """Options to values, one call each, show the result."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=MEASURES, help="measure this alone; may be repeated"
    )
    parser.add_argument(
        "--rounds", type=int, help="rounds of each measure, instead of its own number"
    )
    parser.add_argument(
        "--json", action="store_true", help="write JSON to stdout instead of a table"
    )
    options = parser.parse_args()
    findings: list[Finding] = []
    for name in options.only or MEASURES:
        measure, rounds = MEASURES[name]
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        for found in measure(options.rounds or rounds):
            # What is measured is told, also if the next takes too long.
            print(table([found]), file=sys.stderr, flush=True)
            findings.append(found)
    if options.json:
        print(json.dumps({"machine": machine(), "findings": as_json(findings)}, indent=2))
    else:
        print(", ".join(f"{key} {value}" for key, value in machine().items()))
        print(table(findings))


def machine() -> dict[str, str]:
    """What the figures were taken on."""
    load, _, _ = Path("/proc/loadavg").read_text().partition(" ")
    engine = call(["docker", "version", "--format", "{{.Server.Version}}"]).strip()
    return {"Python": platform.python_version(), "Engine": engine, "load": load}


if __name__ == "__main__":
    main()
