"""What a person would write without ops0: one Dockerfile and one requirements file per step, one bake; by pip or by uv.

It gets all help that is fair: the same base, the same wheels from a local folder (no index, no download), the
same pinned subset per step, all steps in one parallel ``docker buildx bake``. Bytecode is compiled, as ops0 does. With
uv it is the best that one would write: steps with equal requirements share a layer, nothing is copied between stages.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import tomli

from benchmarks.programs import BASE, call
from ops0.core.digest import sha256
from ops0_builder.planning.uv_file import uv_file

PREFIX = "ops0-bench-plain"
UNION = "union"

Tool = Literal["pip", "uv"]

_INSTALLS: Mapping[Tool, str] = {
    "pip": "PYTHONPATH=/tool python -m pip install --quiet --no-cache-dir --no-index --find-links /wheels",
    "uv": "/tool/uv pip install --quiet --no-config --no-cache --offline --no-index --no-deps --compile-bytecode"
    " --python /ops0/venv/bin/python --find-links /wheels",
}
_DOCKERFILE = """\
FROM {base}
USER 0
COPY {requirements} requirements.txt
RUN --network=none --mount=type=bind,from=wheels,target=/wheels --mount=type=bind,from={tool},target=/tool \\
    {install} -r requirements.txt
COPY pipeline.py ./
COPY flights flights
USER 65532:65532
CMD ["python", "-c", "import pipeline"]
"""


def pins(lock_folder: Path) -> dict[str, dict[str, str]]:
    """Step -> (``name==version`` -> the wheel's sha256), from the lock that ops0 wrote."""
    steps = {}
    for path in sorted(lock_folder.glob("pylock.*.toml")):
        told = tomli.loads(path.read_text())
        step = path.name.removeprefix("pylock.").removesuffix(".toml")
        steps[step] = {
            f"{one['name']}=={one['version']}": one["wheels"][0]["hashes"]["sha256"]
            for one in told["packages"]
        }
    return steps


def cached_wheel(cache: Path, sha: str) -> Path:
    """Where ops0's cache has the wheel of that hash."""
    (wheel,) = (cache / "wheels" / sha[:2] / sha).glob("*.whl")
    return wheel


def write_tree(folder: Path, project: Path, cache: Path, tool: Tool) -> tuple[str, ...]:
    """Write Dockerfiles, requirements, wheels and the bake document. Gives the steps; UNION is one image more."""
    steps = pins(project / "ops0.lock")
    union = {pin: sha for found in steps.values() for pin, sha in found.items()}
    folder.mkdir(parents=True)
    shutil.copy(project / "pipeline.py", folder)
    shutil.copytree(
        project / "flights", folder / "flights", ignore=shutil.ignore_patterns("__pycache__")
    )
    for sha in union.values():
        (folder.parent / "wheels").mkdir(exist_ok=True)
        shutil.copy(cached_wheel(cache, sha), folder.parent / "wheels")
    _copy_tool(tool, folder.parent / tool)
    for step, found in {**steps, UNION: union}.items():
        text = "".join(f"{pin}\n" for pin in sorted(found))
        # One name is one instruction for BuildKit, which then runs once, also without cache.
        name = f"requirements.{sha256(text.encode())[:12] if tool == 'uv' else step}.txt"
        (folder / name).write_text(text)
        (folder / f"{step}.Dockerfile").write_text(
            _DOCKERFILE.format(base=BASE, requirements=name, tool=tool, install=_INSTALLS[tool])
        )
    (folder / "bake.json").write_text(json.dumps(_bake(folder, (*steps, UNION), tool), indent=2))
    return tuple(steps)


def _copy_tool(tool: Tool, folder: Path) -> None:
    if tool == "uv":
        folder.mkdir()
        shutil.copy(uv_file()[1], folder / "uv")
        return
    spec = importlib.util.find_spec("pip")
    if spec is None or spec.origin is None:
        raise SystemExit("this environment has no pip to give to the plain build")
    shutil.copytree(Path(spec.origin).parent, folder / "pip")


def _bake(folder: Path, names: tuple[str, ...], tool: Tool) -> Mapping[str, object]:
    contexts = {name: str(folder.parent / name) for name in ("wheels", tool)}
    target = {
        name: {
            "context": str(folder),
            "dockerfile": f"{name}.Dockerfile",
            "contexts": contexts,
            "tags": [tag(name, tool)],
            "output": ["type=docker"],
            "attest": ["type=provenance,disabled=true"],
        }
        for name in names
    }
    return {"group": {"default": {"targets": [*names]}}, "target": target}


def tag(step: str, tool: Tool) -> str:
    """The image of a step, or of UNION."""
    return f"{PREFIX}-{tool}/{step.replace('_', '-')}:latest"


def build(
    folder: Path,
    names: tuple[str, ...],
    *,
    cached: bool,
    env: Mapping[str, str] | None = None,
) -> None:
    """Build the images of these targets side by side."""
    fresh = [] if cached else ["--no-cache"]
    call(
        ["docker", "buildx", "bake", "-f", "bake.json", *fresh, "--allow", "fs.read=*", *names],
        cwd=folder,
        env=env,
    )


def remove(names: tuple[str, ...], tool: Tool) -> None:
    """Take the tags away again."""
    call(["docker", "image", "rm", "--force", *(tag(name, tool) for name in names)])
