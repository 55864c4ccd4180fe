"""The user's credentials for a registry, from where ``docker login`` keeps them.

source: https://docs.docker.com/reference/cli/docker/login/#credential-stores
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ops0.host import process
from ops0.host.engine_address import client_folder
from ops0_builder.registry.docker_hub import login_of, logins_of
from ops0_builder.registry.errors import CredentialsUnusable

_SECONDS = 30.0
_TOKEN_USER = "<token>"  # noqa: S105 - what helpers say instead of a user's name
_NO_SUCH = "credentials not found"


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """Who we are to one registry. ``source`` says where it comes from and holds no secret."""

    source: str
    username: str = ""
    password: str = field(default="", repr=False)
    identity_token: str = field(default="", repr=False)

    @property
    def known(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.username or self.identity_token)

    @property
    def basic(self) -> str:
        """The value of an ``Authorization`` header."""
        pair = f"{self.username}:{self.password}".encode()
        return f"Basic {base64.b64encode(pair).decode('ascii')}"


def read_credentials(host: str, environ: Mapping[str, str] | None = None) -> Credentials:
    """What the Docker configuration has for a registry: its own helper, else the store, else the file itself.

    raises: CredentialsUnusable
    """
    environ = os.environ if environ is None else environ
    path = client_folder(environ) / "config.json"
    config = _config(path)
    helpers, names = _table(config, "credHelpers"), logins_of(host)
    own = next((helpers[name] for name in names if helpers.get(name)), None)
    helper = own or config.get("credsStore")
    if helper:
        found = _ask_helper(str(helper), login_of(host))
        if found is not None:
            return found
    entries = _table(config, "auths")
    for name in names:
        for key, entry in entries.items():
            if name in (key, _host_of(key)) and isinstance(entry, dict) and entry:
                return _from_file(entry, f"{path} (auths)")
    return Credentials(source=f"no credentials ({path} has none for {host})")


def _config(path: Path) -> dict[str, Any]:
    try:
        config = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as fault:
        raise CredentialsUnusable(str(path), f"cannot be read: {fault}") from None
    if not isinstance(config, dict):
        raise CredentialsUnusable(str(path), "is no JSON object")
    return config


def _table(config: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = config.get(name)
    return table if isinstance(table, dict) else {}


def _host_of(name: str) -> str:
    return name.removeprefix("https://").removeprefix("http://").partition("/")[0]


def _from_file(entry: Mapping[str, Any], source: str) -> Credentials:
    name, password = str(entry.get("username") or ""), str(entry.get("password") or "")
    if entry.get("auth"):
        try:
            pair = base64.b64decode(str(entry["auth"]), validate=True).decode()
        except ValueError:
            raise CredentialsUnusable(source, "its `auth` is not base64") from None
        name, _, password = pair.partition(":")
    token = str(entry.get("identitytoken") or "")
    return Credentials(
        source=source, username=name, password=password.rstrip("\0"), identity_token=token
    )


def _ask_helper(helper: str, login: str) -> Credentials | None:
    program = f"docker-credential-{helper}"
    try:
        done = process.run((program, "get"), send=login.encode(), timeout=_SECONDS)
    except process.ProgramMissing:
        raise CredentialsUnusable(
            program, "the Docker configuration names it, PATH has no such program"
        ) from None
    except process.ProgramTimeout as fault:
        raise CredentialsUnusable(program, str(fault)) from None
    if done.code != 0:
        if _NO_SUCH in done.out + done.err:
            return None
        raise CredentialsUnusable(program, f"exit code {done.code}: {done.err.strip()[:200]}")
    try:
        told = json.loads(done.out)
        name, secret = str(told["Username"]), str(told["Secret"])
    except (ValueError, KeyError, TypeError):
        raise CredentialsUnusable(program, "its answer is no credentials") from None
    source = f"credential helper {program}"
    if name == _TOKEN_USER:
        return Credentials(source=source, identity_token=secret)
    return Credentials(source=source, username=name, password=secret)


def registry_auth(host: str, credentials: Credentials) -> Mapping[str, str]:
    """The header by which an engine learns who we are to a registry; {} where we are nobody. Pure.

    source: https://docs.docker.com/reference/api/engine/version/v1.47/#section/Authentication
    """
    if not credentials.known:
        return {}
    server = login_of(host)
    said = {"serveraddress": server, "identitytoken": credentials.identity_token}
    if not credentials.identity_token:
        said = {
            "serveraddress": server,
            "username": credentials.username,
            "password": credentials.password,
        }
    text = base64.urlsafe_b64encode(json.dumps(said).encode()).decode("ascii")
    return {"X-Registry-Auth": text}
