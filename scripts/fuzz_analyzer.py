"""Coverage-guided fuzzing of the analyzer's front with atheris (libFuzzer): any bytes as a small project.

    make fuzz                                  a quarter of an hour, from the repository's own files
    python scripts/fuzz_analyzer.py FOLDER -max_total_time=60 -timeout=2 -rss_limit_mb=256

FOLDER keeps the inputs that reached something new. An input is one file, or several with a line of SPLIT between
them. ops0's own errors are an answer; anything else that is raised, two seconds or 256 MB are a finding, which
libFuzzer writes to a file ``crash-*``, ``timeout-*`` or ``oom-*``: put it into the tables of
tests/unit/core/analyzer/test_hostile.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["ops0.core"]):
    from ops0.core.analyzer import analyse, function_facts
    from ops0.core.errors import Ops0Error
    from ops0.core.locked import Target
    from ops0.core.project_files import MemorySource
    from ops0.core.requirements.values import Resolved

ROOT = Path(__file__).parents[1]
SPLIT = b"\n#--\n"
NAMES = ("p.py", "h.py", "k/__init__.py", "k/m.py", "c.py")
TARGET = Target(python="3.11")


def look(data: bytes) -> None:
    """Analyse a project in both ways."""
    source = MemorySource(dict(zip(NAMES, data.split(SPLIT), strict=False)))
    try:
        function_facts(source, "p.py", None, roots=(".",), target=TARGET)
    except Ops0Error as fault:
        str(fault)
    try:
        analyse(source, "p.py", roots=(".",), target=TARGET, resolve_needs=lambda *_: Resolved())
    except Ops0Error as fault:
        str(fault)


def seed(folder: Path) -> None:
    """Begin with the repository's own small files, alone and side by side."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        return
    files = [
        path.read_bytes()
        for part in ("ops0/core", "examples", "e2e/cases")
        for path in sorted((ROOT / part).rglob("*.py"))
    ]
    small = [text for text in files if len(text) < 6_000]
    for number, text in enumerate(small):
        (folder / f"one-{number}").write_bytes(text)
    for number in range(0, len(small) - 3, 3):
        (folder / f"three-{number}").write_bytes(SPLIT.join(small[number : number + 3]))


def main() -> None:
    """Make the seeds, hand the rest of the command line to libFuzzer."""
    seed(Path(sys.argv[1]))
    atheris.Setup(sys.argv, look)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
