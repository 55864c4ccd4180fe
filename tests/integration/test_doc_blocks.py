"""What the docs tell people to type works: Python is executed, commands are parsed, settings and data are read.

Commands are typed, too: those of the guide by e2e/test_typed_pages.py, those of the examples by e2e/test_examples.py.

A block that cannot be executed here says so on the line above its fence: ``<!-- not executed: REASON -->``. The sybil
library would execute Python in this very process; here each block is a program of its own, as for whoever copies it.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
import yaml

from ops0.cli.main import ops0_command
from ops0.core.configuration.settings import parse_settings, read_imports, read_rules
from ops0.core.toml_text import Place, parse_toml

ROOT = Path(__file__).parents[2]
HERE = (ROOT / "docs").is_dir()
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*/README.md")])
FENCE = re.compile(
    r"^(?:<!-- not executed: (?P<why>[^\n]+) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
MOST_NOT_EXECUTED = {"python": 2, "shell": 14}
SHELLS = ("bash", "sh", "console")

pytestmark = pytest.mark.skipif(not HERE, reason="docs/ is not beside tests/: no checkout")

DRIVER = """
import json, os, runpy, sys, traceback
told = {}
for folder in sorted(os.listdir()):
    os.chdir(folder)
    os.environ["OPS0_STATE_DIR"] = os.path.join(os.getcwd(), "state")
    try:
        runpy.run_path("pipeline.py", run_name="__main__")
        told[folder] = ""
    except BaseException:
        told[folder] = traceback.format_exc()
    os.chdir("..")
print("\\n" + json.dumps(told))
"""


@dataclass(frozen=True)
class Block:
    """``why``: it is not executed, or None."""

    page: str
    line: int
    kind: str
    text: str
    why: str | None

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def found() -> list[Block]:
    made = []
    for page in PAGES if HERE else ():
        text = page.read_text()
        for match in FENCE.finditer(text):
            line = text.count("\n", 0, match.start("kind")) + 1
            name = page.relative_to(ROOT).as_posix()
            made.append(Block(name, line, match["kind"], match["text"], match["why"]))
    return made


BLOCKS = found()
PYTHON = [one for one in BLOCKS if one.kind == "python"]
COMMANDS = [one for one in BLOCKS if one.kind in SHELLS]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What became of each block of Python, by its number: all in one process, for their imports take the time."""
    folder = tmp_path_factory.mktemp("blocks")
    for number, block in enumerate(PYTHON):
        if block.why is None:
            project = folder / f"{number:03}"
            project.mkdir()
            (project / "pipeline.py").write_text(block.text)
    argv = [sys.executable, "-W", "error", "-c", DRIVER]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    given: dict[str, str] = json.loads(done.stdout.rstrip().splitlines()[-1])
    return given


@pytest.mark.parametrize("number", range(len(PYTHON)), ids=lambda n: str(PYTHON[n]))
def test_python_runs(number: int, told: dict[str, str]) -> None:
    if PYTHON[number].why is not None:
        compile(PYTHON[number].text, str(PYTHON[number]), "exec")
        return
    assert told[f"{number:03}"] == "", PYTHON[number]


def test_few_blocks_are_not_executed_and_each_says_why() -> None:
    marked = [one for one in BLOCKS if one.why is not None]
    kinds = Counter("shell" if one.kind in SHELLS else one.kind for one in marked)
    assert kinds <= Counter(MOST_NOT_EXECUTED), list(map(str, marked))
    assert all(len(one.why or "") > 10 for one in marked)
    assert len(PYTHON) > 15, "the fences are found"


def commands_in(block: Block) -> list[list[str]]:
    """The calls of ops0 in a block, as words; in a console what follows ``$``."""
    lines = block.text.replace("\\\n", " ").splitlines()
    if block.kind == "console":
        lines = [line[2:] for line in lines if line.startswith("$ ")]
    calls = []
    for line in lines:
        for part in re.split(r"&&|\|\||[|;>]", line.partition(" #")[0]):
            words = shlex.split(part, comments=True)
            while words and re.fullmatch(r"\w+=\S*", words[0]):
                del words[0]
            if words[:1] == ["ops0"] and len(words) > 1:
                calls.append(words[1:])
    return calls


@pytest.mark.parametrize("block", COMMANDS, ids=str)
def test_commands_are_understood(block: Block) -> None:
    """Each option exists and takes what it is given, each argument has its place."""
    for words in commands_in(block):
        command, left = resolved(words)
        assert isinstance(command, click.Group) or left == [], (str(block), words)


def resolved(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that words name, and those of them that it does not understand. Raises click.UsageError."""
    command: click.Command = ops0_command
    context, rest = _context(command, "ops0", None), list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        name, inner, rest = command.resolve_command(context, rest)
        assert inner is not None
        command, context = inner, _context(inner, name, context)
    return command, command.make_parser(context).parse_args(rest)[1]


def _context(
    command: click.Command, name: str | None, parent: click.Context | None
) -> click.Context:
    """As click makes it: a command keeps the help option of the first context that asks."""
    return click.Context(command, info_name=name, parent=parent, **command.context_settings)


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_shell_blocks_are_shell() -> None:
    for block in COMMANDS:
        if block.kind != "console":
            done = subprocess.run(
                ["bash", "-n"], input=block.text, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{block}: {done.stderr}"


@pytest.mark.parametrize(
    "block", [one for one in BLOCKS if one.kind in ("toml", "json", "yaml")], ids=str
)
def test_settings_and_data_are_read(block: Block) -> None:
    data = block.text.encode()
    if block.kind == "json":
        json.loads(block.text)
    elif block.kind == "yaml":
        assert yaml.safe_load(block.text)
    elif "installed with the package" in block.text:  # an integration's file
        tables = parse_toml(data, str(block))
        place = Place(block.page, block.text)
        assert read_imports(tables["imports"], "imports", place)
        assert read_rules(tables["rules"], "rules", place)
    else:
        assert parse_settings(data, "ops0.toml") is not None
