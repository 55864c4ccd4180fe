"""Real environments of exactly the inferred distributions, one for each set of them that the corpus needs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from proving.jobs import Job

HEAVY = frozenset(
    {"accelerate", "apache-airflow", "dagster", "flytekit", "great-expectations", "keras", "kfp", "lightning",
     "langchain-huggingface", "llama-index-embeddings-huggingface", "metaflow", "mlflow", "openai-whisper", "prefect",
     "pyspark", "sentence-transformers", "spacy", "tensorflow", "torch", "torchvision", "transformers", "zenml"}
)  # fmt: skip
"""Gigabytes or minutes each: their functions are proven with stand-ins only."""


def by_needs(jobs: Mapping[str, Job]) -> dict[tuple[str, ...], dict[str, Job]]:
    """The functions that share an environment, those of heavy distributions left out."""
    found: dict[tuple[str, ...], dict[str, Job]] = defaultdict(dict)
    for key, job in jobs.items():
        if not HEAVY & set(job["needs"]) and not any(
            one.startswith("apache-airflow") for one in job["needs"]
        ):
            found[tuple(job["needs"])][key] = job | {"standins": None}
    return dict(found)


def environment(needs: tuple[str, ...], folder: Path) -> Path | str:
    """The Python of a fresh environment; where it cannot be made, why not."""
    shutil.rmtree(folder, ignore_errors=True)
    python = folder / "bin" / "python"
    fault = _uv("venv", "--python", sys.executable, str(folder))
    if not fault and needs:
        fault = _uv("pip", "install", "--only-binary", ":all:", "--python", str(python), *needs)
    return fault or python


def _uv(*arguments: str) -> str:
    """Run uv; gives the end of what it says where it fails."""
    program = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    done = subprocess.run([program, *arguments, "-q"], capture_output=True, text=True, check=False)
    return (done.stderr.strip()[-300:] or "failed") if done.returncode else ""


def findings(said: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """(function, what is wrong). That a module stops for want of a service or a file is no finding here."""
    for key, every in said.items():
        yield from ((key, one) for one in every if not one.startswith("stopped"))
