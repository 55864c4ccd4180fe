"""Secrets from HashiCorp Vault or OpenBao, by hvac: key-value engines of version 2 and 1.

It is told by the environment variables that Vault's own command reads: VAULT_ADDR, VAULT_TOKEN, VAULT_NAMESPACE,
VAULT_CACERT; for AppRole VAULT_ROLE_ID and VAULT_SECRET_ID. A token that ops0 itself got by AppRole is revoked when the
secrets have been read.

source: Vault API, "KV secrets engine", "AppRole auth method", "/sys/internal/ui/mounts"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

TIMEOUT = 10
"""Seconds for one answer."""

Place: TypeAlias = tuple[str, str]
"""Path with its mount, as ``kv/app``, and field."""


@dataclass(frozen=True, slots=True)
class VaultFault:
    """Why a secret could not be read. Never holds an answer's text, which may hold a secret."""

    fact: str
    hint: str


class _Stop(Exception):
    """No secret can be read at all."""

    def __init__(self, fact: str, hint: str) -> None:
        super().__init__(fact)
        self.fault = VaultFault(fact, hint)


def read_vault(wanted: Iterable[Place], env: Mapping[str, str]) -> Mapping[Place, str | VaultFault]:
    """Read fields, each path once; a value for each that was found, a fault for every other. Never raises for those."""
    places = tuple(dict.fromkeys(wanted))
    try:
        client, own = _client(env)
    except _Stop as stop:
        return dict.fromkeys(places, stop.fault)
    try:
        data = {path: _secret(client, path) for path in dict.fromkeys(p for p, _ in places)}
    finally:
        if own:
            with suppress(Exception):  # it ends by itself; the secrets are read
                client.auth.token.revoke_self()
        client.adapter.close()
    return {(path, field): _field(data[path], field) for path, field in places}


def _client(env: Mapping[str, str]) -> tuple[Any, bool]:
    """A client with a token, and whether that token is our own. Raises _Stop."""
    try:
        import hvac  # noqa: PLC0415 - optional
    except ImportError:
        raise _Stop(
            "vault: needs the package hvac, which is not installed",
            'install it beside ops0: pip install "ops0[vault]"',
        ) from None
    address = env.get("VAULT_ADDR")
    if not address:
        raise _Stop("VAULT_ADDR is not set", "set it: export VAULT_ADDR=https://vault.example:8200")
    client = hvac.Client(
        url=address,
        token="",
        verify=env.get("VAULT_CACERT") or True,
        timeout=TIMEOUT,
        namespace=env.get("VAULT_NAMESPACE") or None,
    )
    token = env.get("VAULT_TOKEN")
    client.token = token or _log_in(client, env)
    return client, not token


def _log_in(client: Any, env: Mapping[str, str]) -> str:
    """Take a token by AppRole. Raises _Stop."""
    address, role = client.url, env.get("VAULT_ROLE_ID")
    if not role:
        raise _Stop(
            f"{address}: there is no token and no role",
            "set VAULT_TOKEN, or VAULT_ROLE_ID and VAULT_SECRET_ID",
        )
    told = _asked(
        lambda: client.auth.approle.login(
            role_id=role, secret_id=env.get("VAULT_SECRET_ID"), use_token=False
        ),
        address,
        "log in by AppRole",
    )
    fault = told if isinstance(told, VaultFault) else _no_vault(address)
    own = None if told is fault else _within(told, "auth").get("client_token")
    if not isinstance(own, str):
        raise _Stop(fault.fact, fault.hint)
    return own


def _secret(client: Any, path: str) -> Mapping[str, Any] | VaultFault:
    """All fields at a path. The mount's own answer says of which version the engine is, as Vault's command asks it."""
    mount = _asked(
        lambda: client.adapter.get(f"/v1/sys/internal/ui/mounts/{path}"), client.url, f"read {path}"
    )
    if isinstance(mount, VaultFault):
        return mount
    told = _within(mount, "data")
    root = str(told.get("path", "")).strip("/")
    kind, version = told.get("type"), _within(told, "options").get("version")
    if kind not in ("kv", "generic") or not path.startswith(f"{root}/"):
        return VaultFault(
            f"{client.url}: {path} is in no key-value engine", "write vault:MOUNT/PATH#FIELD"
        )
    inner = path.removeprefix(f"{root}/")
    where = f"{root}/data/{inner}" if version == "2" else path
    answer = _asked(lambda: client.adapter.get(f"/v1/{where}"), client.url, f"read {path}")
    if isinstance(answer, VaultFault):
        return answer
    data: Any = answer.get("data")
    if version == "2" and isinstance(data, dict):
        data = data.get("data")
    if not isinstance(data, dict):
        return VaultFault(
            f"{client.url}: {path} has been deleted", "write it again: `vault kv put`"
        )
    return data


def _field(data: Mapping[str, Any] | VaultFault, field: str) -> str | VaultFault:
    if isinstance(data, VaultFault):
        return data
    value = data.get(field)
    if isinstance(value, str):
        return value
    known = ", ".join(sorted(data)) or "none"
    fact = "it has no such field" if value is None else "the field is no text"
    return VaultFault(fact, f"its fields: {known}")


def _within(answer: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A part of an answer, empty where there is none."""
    part = answer.get(key)
    return part if isinstance(part, Mapping) else {}


def _no_vault(address: str) -> VaultFault:
    return VaultFault(f"{address}: answers, but is no Vault", "is VAULT_ADDR right?")


def _asked(ask: Any, address: str, doing: str) -> Any:  # noqa: PLR0911 - a return for each kind of fault
    """The answer, or a fault in our own words: an answer's may hold what was sent."""
    import requests  # noqa: PLC0415 - comes with hvac
    from hvac import exceptions  # noqa: PLC0415

    def no(fact: str, hint: str) -> VaultFault:
        return VaultFault(f"{address}: {fact}", hint)

    try:
        answer = ask()
        # hvac hands over what is no JSON as it came.
        return answer if isinstance(answer, Mapping) else _no_vault(address)
    except exceptions.InvalidPath:
        return no(f"cannot {doing}: nothing is there", "look at the mount and path: `vault kv get`")
    except (exceptions.Forbidden, exceptions.Unauthorized):
        return no(f"may not {doing}", "its token or policy does not allow it")
    except exceptions.InvalidRequest:
        return no(
            f"refuses to {doing}", "look at VAULT_ROLE_ID, VAULT_SECRET_ID and VAULT_NAMESPACE"
        )
    except exceptions.VaultDown:
        return no("is sealed", "unseal it, then run again")
    except exceptions.VaultError as fault:
        return no(f"could not {doing}: {type(fault).__name__}", "look at the server's own log")
    except requests.exceptions.SSLError:
        return no("its certificate is not trusted", "set VAULT_CACERT to the file of its authority")
    except (requests.exceptions.RequestException, OSError):
        return no("does not answer", "is VAULT_ADDR right, and the server up?")
