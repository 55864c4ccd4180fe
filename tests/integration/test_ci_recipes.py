"""``action.yml`` and the job for GitLab: their shell steps run as a runner runs them, to a registry with a password."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from driver.command import OPS0
from registries.server import PASSWORD, USER, Registry, registry

from ops0.cli.signing import verify_images
from ops0.host.engine_socket import EngineSocket
from ops0_builder.engine.engine_images import remove_tag
from ops0_builder.registry.artifacts import list_tags

pytestmark = [
    pytest.mark.docker,
    pytest.mark.slow,
    pytest.mark.skipif(
        None in (shutil.which("docker-registry"), shutil.which("cosign"))
        and not os.environ.get("CI"),
        reason="not installed: scripts/docker-registry.sh, scripts/image-tools.sh",
    ),
]
ROOT = Path(__file__).parents[2]
ACTION: Any = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
GUIDE = (ROOT / "docs/guide/ci.md").read_text(encoding="utf-8")
EXAMPLES: list[Any] = [
    yaml.safe_load(one) for one in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
]
PINNED = re.compile(r"127\.0\.0\.1:\d+/team/flow@sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Job:
    """A checked-out project, and a runner's environment that is logged in to a registry."""

    project: Path
    registry: Registry
    env: Mapping[str, str]

    def bash(self, script: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
        """As the runners call it: https://docs.github.com/actions, "jobs.<job_id>.steps[*].shell"."""
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=folder,
            env={**self.env, **env},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Job]:
    project = tmp_path / "flow"
    project.mkdir()
    name = f"ci-{uuid.uuid4().hex[:8]}"
    (project / "ops0.toml").write_text(f'pipeline = "flow.py"\nname = "{name}"\npython = "3.11"\n')
    (project / "flow.py").write_text("import ops0\n\n@ops0.step\ndef one():\n    return 1\n")
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path / "cache"))
    env = {**os.environ, "RUNNER_TEMP": str(tmp_path), "NO_COLOR": "1"}
    env |= {"COSIGN_PASSWORD": PASSWORD}
    pair = ["cosign", "generate-key-pair"]
    subprocess.run(pair, cwd=tmp_path, env=env, check=True, capture_output=True)
    env |= {"SIGNING_KEY": (tmp_path / "cosign.key").read_text()}
    with registry(tmp_path / "registry", password=True) as served:
        yield Job(project, served, env)
    engine = EngineSocket.from_environment()
    listed = ["docker", "images", "--format", "{{.Repository}}:{{.Tag}}", f"ops0/{name}/*"]
    for tag in subprocess.check_output(listed, text=True).split():
        remove_tag(engine, tag)


def login(job: Job) -> None:
    words = ["docker", "login", "--username", USER, "--password-stdin", job.registry.host]
    subprocess.run(words, input=PASSWORD, text=True, check=True, capture_output=True, env=job.env)


def lock(job: Job) -> None:
    subprocess.run([OPS0, "lock"], cwd=job.project, check=True, capture_output=True, env=job.env)


def run_action(job: Job, **given: str) -> tuple[dict[str, str], list[str]]:
    """The action's outputs, and what its steps said; it ends with the first that fails."""
    inputs = {name: str(one.get("default", "")) for name, one in ACTION["inputs"].items()}
    inputs |= {name.replace("_", "-"): text for name, text in given.items()}
    facts = {f"inputs.{name}": text for name, text in inputs.items()}
    facts["github.action_path"] = str(ROOT)
    files = {
        name: job.project.parent / name for name in ("GITHUB_PATH", "GITHUB_ENV", "GITHUB_OUTPUT")
    }
    for path in files.values():
        path.touch()

    def filled(text: str) -> str:
        return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: facts[found[1]], text)

    said: list[str] = []
    for step in ACTION["runs"]["steps"]:
        added = files["GITHUB_PATH"].read_text().splitlines()
        if added and step["name"] == "Install ops0":
            continue  # an earlier call of this test has done it
        env = {name: filled(text) for name, text in step.get("env", {}).items()}
        env |= {name: str(path) for name, path in files.items()}
        env |= dict(one.split("=", 1) for one in files["GITHUB_ENV"].read_text().splitlines())
        env["PATH"] = os.pathsep.join([*reversed(added), job.env["PATH"]])
        folder = job.project.parent / filled(step.get("working-directory", "."))
        done = job.bash(step["run"], folder, **env)
        said.append(f"{step['name']}: {done.returncode}\n{done.stdout}{done.stderr}")
        if done.returncode:
            break
    lines = files["GITHUB_OUTPUT"].read_text().splitlines()
    return dict(line.split("=", 1) for line in lines), said


def test_the_action_checks_builds_pushes_and_gives_digests(job: Job) -> None:
    repository = f"{job.registry.host}/team/flow"
    given = {"working_directory": "flow", "repository": repository, "tags": "v1\nv2\n"}
    outputs, said = run_action(job, **given)  # no lock yet
    assert outputs == {}
    assert said[-1].startswith("Check the lock: 2"), said
    lock(job)
    _, said = run_action(job, **given)
    assert said[-1].startswith("Push: 92"), said  # nobody has logged in
    login(job)
    more = {"cache_to": "type=local,dest=layers", "sign": "env://SIGNING_KEY"}
    outputs, said = run_action(job, **given, **more, pipeline="flow.py")
    assert [one.partition("\n")[0][-3:] for one in said] == [": 0"] * 3, said
    images, digests = (json.loads(outputs[name]) for name in ("images", "digests"))
    assert PINNED.fullmatch(images["one"])
    assert images == {"one": f"{repository}@{digests['one']}"}
    key = job.project.parent / "cosign.pub"
    verify_images([images["one"]], str(key), job.env)
    assert {"one-v1", "one-v2"} < set(list_tags(repository))
    assert (job.project / "layers" / "one" / "index.json").is_file()
    assert set(ACTION["outputs"]) == set(outputs)
    (folder,) = (job.project.parent / "GITHUB_PATH").read_text().splitlines()
    assert [one.name for one in Path(folder).iterdir()] == ["ops0"], "no python, no pip"
    told = (job.project.parent / "GITHUB_ENV").read_text()
    named = told.strip().partition("OPS0_SITE_PACKAGES=")[2].split(os.pathsep)
    assert all("/ops0/" not in one for one in named)
    assert any(Path(one, "pip").is_dir() for one in named), "the job's own Python"


def test_no_input_can_become_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]
    (workflow,) = (one for one in EXAMPLES if "jobs" in one)
    for step in workflow["jobs"]["images"]["steps"]:
        assert "${{" not in step.get("run", "")
        if step.get("id") == "ops0":
            assert set(step["with"]) <= set(ACTION["inputs"])


def test_the_job_for_gitlab(job: Job) -> None:
    lock(job)
    (recipe,) = (one["images"] for one in EXAMPLES if "images" in one)
    given = {
        "OPS0": str(ROOT),
        "CI_REGISTRY": job.registry.host,
        "CI_REGISTRY_USER": USER,
        "CI_REGISTRY_PASSWORD": PASSWORD,
        "CI_REGISTRY_IMAGE": f"{job.registry.host}/team/flow",
        "CI_COMMIT_SHORT_SHA": "0123abcd",
    }
    (kept,) = recipe["cache"]["paths"]
    assert recipe["variables"] == {"OPS0": "ops0", "OPS0_CACHE_DIR": f"$CI_PROJECT_DIR/{kept}"}
    given["OPS0_CACHE_DIR"] = str(job.project / kept)
    script = "\n".join([*recipe["before_script"], *recipe["script"]])
    done = job.bash(script, job.project, **given)
    assert done.returncode == 0, done.stderr
    (artifact,) = recipe["artifacts"]["paths"]
    told = json.loads((job.project / artifact).read_text())["images"]["one"]
    assert PINNED.fullmatch(told["reference"])
    assert "one-0123abcd" in list_tags(given["CI_REGISTRY_IMAGE"])
