from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ops0.core.locked import LockedFile
from ops0.core.project_files import MemorySource
from ops0_builder.plan import make_plan
from ops0_builder.runner_files import RunnerFiles
from ops0_builder.tree import build_tree
from ops0_builder.tree_printing import write_tree


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
    document, dockerfile = write_tree(tree, tmp_path / "out")
    target = json.loads(document.read_text())["target"]["load"]
    assert (tmp_path / "out" / target["context"] / target["dockerfile"]).resolve() == dockerfile
    assert dockerfile.read_text().startswith("# The image of step load of pipeline flow")
    for name, folder in target["contexts"].items():
        assert name == "base" or (tmp_path / "out" / folder).is_dir()
    assert not list((tmp_path / "out").rglob("*.whl"))
    write_tree(tree, tmp_path / "out")  # again, over what is there
