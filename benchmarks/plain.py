"""What a person would write without ops0: one plain Dockerfile and one requirements file per step, pip, one bake.

It gets all help that is fair: the same base, the same wheels from a local folder (no index, no download), the
same pinned subset per step, all steps in one parallel ``docker buildx bake``. pip compiles bytecode, as ops0 does.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import tomli

from benchmarks.programs import BASE, call

PREFIX = "ops0-bench-plain"
UNION = "union"

DOCKERFILE = f"""\
FROM {BASE}
USER 0
COPY requirements.STEP.txt requirements.txt
RUN --network=none --mount=type=bind,from=wheels,target=/wheels --mount=type=bind,from=pip,target=/pip \\
    PYTHONPATH=/pip python -m pip install --quiet --no-cache-dir --no-index --find-links /wheels -r requirements.txt
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


def write_tree(folder: Path, project: Path, cache: Path) -> tuple[str, ...]:
    """Write Dockerfiles, requirements, wheels and the bake document. Gives the steps; UNION is one image more."""
    steps = pins(project / "ops0.lock")
    union = {pin: sha for found in steps.values() for pin, sha in found.items()}
    folder.mkdir(parents=True)
    shutil.copy(project / "pipeline.py", folder)
    shutil.copytree(
        project / "flights", folder / "flights", ignore=shutil.ignore_patterns("__pycache__")
    )
    for sha in union.values():
        (wheel,) = (cache / "wheels" / sha[:2] / sha).glob("*.whl")
        (folder.parent / "wheels").mkdir(exist_ok=True)
        shutil.copy(wheel, folder.parent / "wheels")
    spec = importlib.util.find_spec("pip")
    if spec is None or spec.origin is None:
        raise SystemExit("this environment has no pip to give to the plain build")
    shutil.copytree(Path(spec.origin).parent, folder.parent / "pip" / "pip")
    for step, found in {**steps, UNION: union}.items():
        (folder / f"requirements.{step}.txt").write_text(
            "".join(f"{pin}\n" for pin in sorted(found))
        )
        (folder / f"{step}.Dockerfile").write_text(DOCKERFILE.replace("STEP", step))
    (folder / "bake.json").write_text(json.dumps(_bake(folder, (*steps, UNION)), indent=2))
    return tuple(steps)


def _bake(folder: Path, names: tuple[str, ...]) -> Mapping[str, object]:
    contexts = {name: str(folder.parent / name) for name in ("wheels", "pip")}
    target = {
        name: {
            "context": str(folder),
            "dockerfile": f"{name}.Dockerfile",
            "contexts": contexts,
            "tags": [tag(name)],
            "output": ["type=docker"],
            "attest": ["type=provenance,disabled=true"],
        }
        for name in names
    }
    return {"group": {"default": {"targets": [*names]}}, "target": target}


def tag(step: str) -> str:
    """The image of a step, or of UNION."""
    return f"{PREFIX}/{step.replace('_', '-')}:latest"


def build(folder: Path, names: tuple[str, ...], *, cached: bool) -> None:
    """Build the images of these targets side by side."""
    fresh = [] if cached else ["--no-cache"]
    call(
        ["docker", "buildx", "bake", "-f", "bake.json", *fresh, "--allow", "fs.read=*", *names],
        cwd=folder,
    )


def remove(names: tuple[str, ...]) -> None:
    """Take the tags away again."""
    call(["docker", "image", "rm", "--force", *map(tag, names)])
