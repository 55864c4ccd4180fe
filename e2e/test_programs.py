"""A step that starts programs: Debian's, its own scripts, a plug-in by name, code from a folder on ``sys.path``."""

from __future__ import annotations

from pathlib import Path

import pytest
from driver.command import ops0
from driver.leftovers import engine_objects, runs

FILES = {
    "ops0.toml": 'name = "programs"\npython = "3.11"\n',
    "requirements.txt": "toolz\n",
    "pipeline.py": """
import importlib
import json
import subprocess
import sys
from pathlib import Path

import ops0

HERE = Path(__file__).resolve().parent
NAME = "double"
sys.path.insert(0, str(HERE / "lib"))

import shapes


def run(*argv: str) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout


@ops0.step
def count() -> dict:
    rows = json.dumps([{"n": 1}, {"n": 2}])
    summed = subprocess.run(
        ["jq", "map(.n) | add"], input=rows, check=True, capture_output=True, text=True
    )
    plugin = importlib.import_module(f"plugins.{NAME}")
    return {
        "jq": int(summed.stdout),
        "script": json.loads(run(sys.executable, str(HERE / "jobs" / "split.py"), "a b c")),
        "module": run(sys.executable, "-m", "tools.hello").strip(),
        "shell": run("sh", "jobs/name.sh", "x").strip(),
        "itself": run("./jobs/name.sh", "y").strip(),
        "plugin": plugin.double(4),
        "shapes": shapes.sides("square"),
    }
""",
    "jobs/split.py": """
import json
import sys

from words import parts

from tools.hello import NAME

if __name__ == "__main__":
    import toolz

    print(json.dumps([NAME, *toolz.take(2, parts(sys.argv[1]))]))
""",
    "jobs/words.py": "def parts(text):\n    return text.split()\n",
    "jobs/name.sh": '#!/bin/sh\n# says its name\necho "$1" | jq -R \'. + "!"\' -r\n',
    "tools/__init__.py": "",
    "tools/hello.py": "NAME = 'tools'\nif __name__ == '__main__':\n    print('hello from', NAME)\n",
    "plugins/__init__.py": "",
    "plugins/double.py": "def double(x):\n    return 2 * x\n",
    "plugins/unused.py": "import nothing_known\n",
    "lib/shapes.py": "def sides(name):\n    return {'square': 4}[name]\n",
}
WANTED = {
    "jq": 3,
    "script": ["tools", "a", "b"],
    "module": "hello from tools",
    "shell": "x!",
    "itself": "y!",
    "plugin": 8,
    "shapes": 4,
}


@pytest.mark.docker
@pytest.mark.slow
def test_a_step_finds_its_programs_and_scripts_in_its_container(
    tmp_path: Path, env: dict[str, str], state: Path
) -> None:
    project = tmp_path / "programs"
    for name, text in FILES.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    said = ops0(["run", "--containers", "--json"], folder=project, env=env)
    assert said.code == 0, str(said)
    assert said.data["results"]["count"] == WANTED
    assert engine_objects(runs(state)) == ()
