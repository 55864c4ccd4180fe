from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ops0.core.locked import LockedFile
from ops0.core.project_files import MemorySource
from ops0_builder.planning.plan import make_plan
from ops0_builder.planning.runner_files import RunnerFiles
from ops0_builder.planning.tree import build_tree
from ops0_builder.planning.tree_printing import printable, write_tree


def test_a_printed_tree_is_what_bake_reads_without_the_wheels(make: Any, tmp_path: Path) -> None:
    step = make.step("load")
    runner = RunnerFiles({"ops0_runner/__init__.py": b""})
    plan = make_plan(
        make.pipeline(step),
        make.lock(load=(make.distribution("six"),)),
        {step.name: make.base()},
        source=MemorySource(),
        runner=runner,
    )
    uv = LockedFile(filename="uv", sha256="f" * 64, size=1)
    tree = build_tree(plan, source=MemorySource(), runner=runner, uv=uv)
    out = tmp_path / "out"
    paths = write_tree(tree, out)
    assert {path.relative_to(out).as_posix() for path in paths} == set(printable(tree))
    target = json.loads((out / "bake.json").read_text())["target"]["load"]
    dockerfile = (out / target["context"] / target["dockerfile"]).resolve()
    assert dockerfile in paths
    assert dockerfile.read_text().startswith("# The image of step load of pipeline flow")
    for name, folder in target["contexts"].items():
        assert name == "base" or (out / folder).is_dir()
    assert not list(out.rglob("*.whl"))
    write_tree(tree, out)  # again, over what is there
