"""Whoever locks torch for steps without a GPU is told what that costs, and only then."""

from __future__ import annotations

from ops0.cli.gpu_notes import gpu_note
from ops0.core.locked import Lock, LockedDistribution, LockedFile, StepLock, Target
from ops0.core.pipeline import StepName


def a_step(name: str, **sizes: int) -> StepLock:
    distributions = tuple(
        LockedDistribution(
            name=one.replace("_", "-"),
            version="1",
            wheel=LockedFile(filename=f"{one}-1-py3-none-any.whl", sha256="0" * 64, size=size),
        )
        for one, size in sizes.items()
    )
    target = Target(python="3.11")
    return StepLock(step=StepName(name), target=target, distributions=distributions, digest="d")


def told(*steps: StepLock) -> str:
    return "\n".join(gpu_note(Lock(inputs="i", steps=steps)) or ())


def test_each_library_counts_once_and_every_step_is_named() -> None:
    libraries = {"torch": 5_000_000, "nvidia_cudnn_cu13": 600_000_000, "triton": 200_000_000}
    said = told(a_step("train", **libraries), a_step("score", **libraries), a_step("load", numpy=1))
    assert said.startswith(
        "train, score: torch is a build for GPUs, with 800.0 MB of wheels for one (2 "
    )
    assert "--upgrade torch" in said


def test_a_cpu_build_and_steps_without_torch_are_nothing_to_tell() -> None:
    assert told(a_step("train", torch=5_000_000, numpy=1)) == ""
    assert told(a_step("train", triton=5_000_000)) == ""


def test_of_xgboost_the_build_without_is_named_where_torch_is_none() -> None:
    libraries = {"xgboost": 5_000_000, "nvidia_nccl_cu12": 300_000_000}
    said = told(a_step("boost", **libraries))
    assert said.startswith(
        "boost: xgboost is a build for GPUs, with 300.0 MB of wheels for one (1 distribution), "
    )
    assert "xgboost-cpu" in said
    assert told(a_step("boost", xgboost_cpu=5_000_000)) == ""
    assert told(a_step("train", torch=1, triton=1), a_step("boost", **libraries)).startswith(
        "train: "
    )
