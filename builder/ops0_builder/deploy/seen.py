"""The highest number of what was in force, signed, that this machine has seen: ``<state>/deployments-seen/``.

A registry can show an earlier signed document again. Only whoever remembers can tell.
"""

from __future__ import annotations

import json
from pathlib import Path

from ops0.core.digest import sha256
from ops0.host.folders import file_lock, state_dir, write_aside
from ops0_builder.deploy.errors import DeploymentDamaged, OlderInForce


def seen_sequence(repository: str, environment: str) -> int:
    """The highest number seen; 0 for none. Raises DeploymentDamaged."""
    return _read(_path(repository, environment))[0]


def note_seen(repository: str, environment: str, sequence: int, digest: str) -> None:
    """Remember what is in force, known to be signed, unless something later was seen.

    digest: of the document, so that two of one number are told apart
    raises: OlderInForce, DeploymentDamaged
    """
    path = _path(repository, environment)
    with file_lock(path.with_suffix(".lock")):
        highest, known = _read(path)
        if (sequence, digest) == (highest, known):
            return
        if sequence <= highest:
            raise OlderInForce(f"{repository} --env {environment}", sequence, highest, str(path))
        told = {
            "repository": repository,
            "environment": environment,
            "sequence": sequence,
            "digest": digest,
        }
        write_aside(path, json.dumps(told).encode(), mode=0o600)


def _path(repository: str, environment: str) -> Path:
    name = sha256(f"{repository} {environment}".encode())[:32]
    return state_dir() / "deployments-seen" / f"{name}.json"


def _read(path: Path) -> tuple[int, str]:
    try:
        told = json.loads(path.read_bytes())
        return int(told["sequence"]), str(told["digest"])
    except FileNotFoundError:
        return 0, ""
    except (ValueError, TypeError, KeyError):
        raise DeploymentDamaged(str(path), "it cannot be read") from None
