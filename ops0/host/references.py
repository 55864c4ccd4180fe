"""Looks up references to secrets: ``env:NAME``, ``file:PATH``, ``vault:MOUNT/PATH#FIELD``. The one reader of them.

What is found is held in memory only, and shown nowhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from ops0.core.api.secrets import split_vault
from ops0.core.unplaced import Unplaced

LARGEST = 64 * 1024
"""Bytes of one secret: a program that a step starts must be able to take it in its environment."""


class Unfound(Unplaced):
    """A reference that leads to no secret."""


def look_up(
    references: Iterable[str], folder: Path, environ: Mapping[str, str] | None = None
) -> Mapping[str, str | Unfound]:
    """Look up references, each once, those in a vault in one session; an Unfound for each that leads to nothing.

    folder:  what relative paths of ``file:`` start from
    environ: the environment; None: this process's
    """
    env = os.environ if environ is None else environ
    wanted = set(references)
    in_vault = sorted(one for one in wanted if one.startswith("vault:"))
    found: dict[str, str | Unfound] = {}
    for reference in wanted.difference(in_vault):
        try:
            found[reference] = _checked(_read(reference, folder, env))
        except Unfound as fault:  # noqa: PERF203
            found[reference] = fault
    if in_vault:
        found.update(_from_vault(in_vault, env))
    return found


def _read(reference: str, folder: Path, env: Mapping[str, str]) -> str:
    kind, _, rest = reference.partition(":")
    if kind == "env":
        if rest not in env:
            raise Unfound("the environment has no such variable", f"set it: export {rest}=…")
        return env[rest]
    if kind != "file":
        raise Unfound("no way to read it", "write env:NAME, file:PATH or vault:MOUNT/PATH#FIELD")
    try:
        path = folder / Path(rest).expanduser()
    except RuntimeError:
        raise Unfound(f"{rest}: there is no such user", "write the whole path") from None
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 3)
        return data.decode().removesuffix("\n").removesuffix("\r")
    except OSError as fault:
        hint = "write the secret into that file, or name another"
        raise Unfound(f"{path}: {fault.strerror}", hint) from None
    except UnicodeDecodeError:
        raise Unfound(
            f"{path}: is not text", "encode it, as base64, and decode it in the step"
        ) from None


def _checked(value: str) -> str:
    if not value:
        raise Unfound("it is empty", "give it a value")
    if "\0" in value:
        raise Unfound("it holds a zero byte", "encode it, as base64, and decode it in the step")
    if len(value.encode("utf-8", "surrogateescape")) > LARGEST:
        raise Unfound(
            f"it has more than {LARGEST} bytes", "keep a key in it, and the data elsewhere"
        )
    return value


def _from_vault(references: Iterable[str], env: Mapping[str, str]) -> Mapping[str, str | Unfound]:
    from ops0.integrations.vault import VaultFault, read_vault  # noqa: PLC0415 - loads hvac

    wanted = {one: split_vault(one.partition(":")[2]) for one in references}
    answers = read_vault([place for place in wanted.values() if place[0]], env)
    found: dict[str, str | Unfound] = {}
    for reference, place in wanted.items():
        answer = answers.get(place, VaultFault("no way to read it", "vault:MOUNT/PATH#FIELD"))
        if isinstance(answer, VaultFault):
            found[reference] = Unfound(answer.fact, answer.hint)
            continue
        try:
            found[reference] = _checked(answer)
        except Unfound as fault:
            found[reference] = fault
    return found
