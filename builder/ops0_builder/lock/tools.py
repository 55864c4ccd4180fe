"""The real uv and pip with the settings of the user who runs ops0. Reads environment and configuration files."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import uv
from packaging.version import Version

from ops0.core.folders import cache_dir, home_dir
from ops0.host.folders import can_be_written
from ops0.host.process import ProgramMissing, ProgramTimeout, run
from ops0_builder.lock.addresses import check_addresses
from ops0_builder.lock.errors import PipFailed, ResolverFailed
from ops0_builder.lock.fetch import PIP_PROGRAM, Pip
from ops0_builder.lock.files import Tools
from ops0_builder.lock.index_order import (
    default_host,
    is_guess,
    private_first,
    signed_hosts,
)
from ops0_builder.lock.index_settings import (
    IndexSettings,
    all_indexes,
    pages_with_login,
    pip_settings,
    pip_variables,
    uv_settings,
    uv_variables,
    with_local_places,
)
from ops0_builder.lock.named_indexes import NamedIndexes, chosen_by_extra, named_indexes
from ops0_builder.lock.origins import USUAL
from ops0_builder.lock.program_words import last_lines, redacted, said_lines
from ops0_builder.lock.repositories import user_repositories
from ops0_builder.lock.tied_names import pipfile_tied, poetry_tied
from ops0_builder.lock.uv_configuration import (
    configuration,
    documents,
    project_tables,
    read_toml,
    script_table,
)
from ops0_builder.lock.uv_program import Progress, Uv, program_environment
from ops0_builder.lock.wheelhouse import user_wheelhouse

_PIP_TIMEOUT = 300.0


def offline_uv(root: Path) -> Uv:
    """Uv for what needs no index, without the user's settings of them. Raises ResolverFailed where there is no uv."""
    environment = _environment(os.environ, uv_cache(os.environ))
    return Uv(program=_uv_program(), folder=root, environment=environment)


def user_tools(root: Path, *, progress: Progress, entry: str = "") -> Tools:
    """uv, pip and the wheelhouse as this user has them.

    root:   the project's root: uv's own settings are looked for from there upwards
    entry:  the pipeline's file, whose own block may have settings of uv, too; "" for none
    raises: SettingsError for a uv configuration that cannot be read, PipFailed for pip's, ResolverFailed without uv
    """
    of_pip = with_local_places(_pip_settings(os.environ), _located)
    script = script_table(root, entry) if entry else ()
    tables = (*script, *documents(root, os.environ))
    wheelhouse = user_wheelhouse()
    of_uv = uv_settings(os.environ, tables)
    check_addresses((of_uv, of_pip))
    order = _pip_order(of_pip, os.environ, progress) if not of_uv.says_where else None
    told = uv_variables(of_uv, of_pip, os.environ, order=order)
    indexed = _named_indexes(root, script, tables, progress)
    # pip fetches what they have by its hash, and so may look there for any name.
    with_named = replace(of_uv, extra=tuple(dict.fromkeys((*of_uv.extra, *indexed.addresses))))
    return Tools(
        uv=Uv(
            program=_uv_program(),
            folder=root,
            environment=_environment(
                os.environ, {**told, **uv_cache(os.environ), **indexed.logins}
            ),
            configuration=configuration(tables),
            options=("--no-index",) if _only_links(of_uv, of_pip) else (),
            warn=lambda line: progress(f"lock: {line}"),
            indexed=indexed,
        ),
        pip=Pip(
            environment=_environment(os.environ, pip_variables(with_named, of_pip)),
            indexes=all_indexes(with_named, of_pip, order),
            pages=pages_with_login(of_uv, of_pip),
        ),
        wheelhouse=wheelhouse,
        repositories=user_repositories(root, wheelhouse, progress),
        progress=progress,
        usual=_usual(of_uv, of_pip, told),
    )


def _named_indexes(
    root: Path,
    script: tuple[Mapping[str, Any], ...],
    configured: tuple[Mapping[str, Any], ...],
    progress: Progress,
) -> NamedIndexes:
    projects = (
        *script,
        *project_tables(root),
        poetry_tied(read_toml(root / "pyproject.toml"), os.environ),
        pipfile_tied(read_toml(root / "Pipfile"), os.environ),
    )
    for name in chosen_by_extra(projects):
        progress(
            f"lock: {name} is taken from the usual indexes: "
            "[tool.uv.sources] names one for it by extra or group alone, and a step has neither"
        )
    return named_indexes(projects, configured, os.environ)


def _environment(environment: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """As ``program_environment``, with a home: pip does not even start for a user without one."""
    return program_environment({"HOME": str(home_dir()), **environment}, added)


def uv_cache(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Where uv keeps its files: ops0's own cache, where this user cannot write to the usual place or has no home."""
    if environment.get("UV_CACHE_DIR") or environment.get("UV_NO_CACHE"):
        return {}
    usual = Path(environment.get("XDG_CACHE_HOME") or home_dir() / ".cache") / "uv"
    return {} if can_be_written(usual) else {"UV_CACHE_DIR": str(cache_dir() / "uv")}


def _pip_order(
    of_pip: IndexSettings, environment: Mapping[str, str], progress: Progress
) -> tuple[str, ...] | None:
    """The order of pip's indexes, told where it is a guess; None where there are not two to order."""
    if not (of_pip.index and of_pip.extra):
        return None
    public = default_host(_pip(environment, "download", "--help"))
    signed = signed_hosts(environment, home_dir())
    order = private_first(of_pip.index, of_pip.extra, public=public, signed=signed)
    if is_guess(of_pip.index, of_pip.extra, public=public, signed=signed):
        places = ", ".join(redacted(one) for one in order)
        progress(
            f"lock: a name that several indexes have is taken from the first of {places}; "
            "to say which is first, name them in uv.toml ([[index]])"
        )
    return order


def _located(path: str) -> str | None:
    """The whole path, from where the user stands: uv is started somewhere else."""
    return str(Path(path).absolute()) if Path(path).exists() else None


def _only_links(of_uv: IndexSettings, of_pip: IndexSettings) -> bool:
    return of_pip.no_index and not of_uv.says_where


def _usual(of_uv: IndexSettings, of_pip: IndexSettings, told: Mapping[str, str]) -> str | None:
    """The default index of uv, by its settings or by what it is told of pip's; None where it asks none."""
    if of_uv.no_index or _only_links(of_uv, of_pip):
        return None
    named = of_uv.index or told.get("UV_DEFAULT_INDEX") or USUAL
    return re.sub(r"\A[\w.-]+=", "", named)


def _uv_program() -> str:
    try:
        return str(uv.find_uv_bin())
    except FileNotFoundError:
        raise ResolverFailed("uv is not installed", "  reinstall ops0, which brings it") from None


def _pip_settings(environment: Mapping[str, str]) -> IndexSettings:
    """Without pip on this machine there are none. Raises PipFailed where it cannot tell them."""
    if find_spec("pip") is None:
        return IndexSettings()
    settings = pip_settings(
        _pip(environment, "config", "list"),
        environment,
        version=Version(version("pip")).release,
    )
    return replace(
        settings, system_authorities=settings.system_authorities and _system_authorities()
    )


def _system_authorities() -> bool:
    """Whether the system trusts anybody: with none of its certificates uv would trust no index, and pip still does."""
    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile or (paths.capath and any(Path(paths.capath).iterdir())))


def _pip(environment: Mapping[str, str], *words: str) -> str:
    """What pip prints. Raises PipFailed with its own words: an unread setting is not one that is not there."""
    try:
        done = run(
            (*PIP_PROGRAM, *words),
            env=_environment(environment, {}),
            timeout=_PIP_TIMEOUT,
        )
    except (ProgramMissing, ProgramTimeout) as fault:
        raise PipFailed(f"  {fault}") from None
    if done.code != 0:
        raise PipFailed(last_lines(said_lines(done.tail), 6))
    return done.out
