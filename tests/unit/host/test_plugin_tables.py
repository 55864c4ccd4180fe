"""Rules and import names of installed distributions: read from their files, none of their code runs."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from ops0.core.analyzer import function_facts
from ops0.core.configuration.plugin_tables import BadIntegration, Integration
from ops0.core.errors import Ops0Error
from ops0.core.locked import Target
from ops0.core.pipeline import Where
from ops0.core.project_files import MemorySource
from ops0.core.requirements.declarations import StepDeclared
from ops0.core.requirements.errors import UnknownImport
from ops0.core.requirements.resolve import resolve_needs
from ops0.core.requirements.values import Resolved
from ops0.host.context import read_context
from ops0.host.declared import read_declared
from ops0.host.installed import read_installed
from ops0.host.plugin_tables import read_integrations
from ops0.host.project import find_project

TABLE = """\
[imports]
acme_store = "acme-store-client>=2"
"google.cloud.acme" = "acme-google"

[[rules]]
id = "acme-sheets"
why = "acme_store reads sheets with openpyxl"
page = "https://acme.example/docs/sheets"
uses = ["acme_store.read_sheet"]
needs = "openpyxl"
"""
CODE = "import acme_store\ndef f(x):\n    return acme_store.read_sheet(x)\n"
TARGET = Target(python="3.11")


def install(
    site: Path,
    table: str | None = TABLE,
    *,
    name: str = "acme-ops0",
    value: str = "acme_ops0:ops0.toml",
    source: Path | None = None,
) -> Path:
    """Put a distribution into a site-packages folder; its package refuses to be imported."""
    info = site / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[ops0.integrations]\nacme = {value}\n")
    package = (source or site) / "acme_ops0"
    package.mkdir(exist_ok=True, parents=True)
    (package / "__init__.py").write_text("raise SystemExit('imported by the analysis')\n")
    if table is not None:
        (package / "ops0.toml").write_text(table)
    (info / "RECORD").write_text("" if source else "acme_ops0/__init__.py,,\n")
    if source is not None:
        document = {"url": f"file://{source}", "dir_info": {"editable": True}}
        (info / "direct_url.json").write_text(json.dumps(document))
    return site


def needs(tmp_path: Path, code: str, *integrations: Integration, settings: str = "") -> Resolved:
    root = tmp_path / "project"
    root.mkdir()
    (root / "ops0.toml").write_text(settings)
    (root / "p.py").write_text(code)
    project = find_project(root / "p.py")
    context = read_context(
        project, TARGET, read_declared(project), read_installed([]), tuple(integrations)
    )
    facts = function_facts(MemorySource({"p.py": code}), "p.py", "f", roots=(".",), target=TARGET)
    return resolve_needs("f", facts["f"], StepDeclared(), context)


def test_what_a_distribution_adds_is_used(tmp_path: Path) -> None:
    found = read_integrations([str(install(tmp_path / "site"))])
    resolved = needs(tmp_path, CODE, *found)
    assert {need.name: (need.requirement, need.origin) for need in resolved.needs} == {
        "acme-store-client": ("acme-store-client>=2", "curated"),
        "openpyxl": ("openpyxl", "rule"),
    }
    assert "acme_store reads sheets with openpyxl" in resolved.needs[1].reasons[0].text
    assert "acme_ops0" not in sys.modules


def test_without_it_the_import_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(UnknownImport):
        needs(tmp_path, CODE)


def test_a_name_below_a_namespace_is_found(tmp_path: Path) -> None:
    found = read_integrations([str(install(tmp_path / "site"))])
    code = "from google.cloud import acme, storage\ndef f(): return acme, storage\n"
    assert [need.name for need in needs(tmp_path, code, *found).needs] == [
        "acme-google",
        "google-cloud-storage",
    ]


@pytest.mark.parametrize(
    ("settings", "name"),
    [("", "pandas"), ('[imports]\npandas = "my-pandas"\n', "my-pandas")],
)
def test_the_settings_and_the_own_table_come_first(
    tmp_path: Path, settings: str, name: str
) -> None:
    table = '[imports]\npandas = "evil-pandas"\n'
    found = read_integrations([str(install(tmp_path / "site", table))])
    resolved = needs(tmp_path, "import pandas\ndef f(): return pandas\n", *found, settings=settings)
    assert [need.name for need in resolved.needs] == [name]


@pytest.mark.parametrize(
    ("folder", "layout"), [("checkout", "src"), ("checkout", "."), ("my sources é", ".")]
)
def test_an_editable_one_is_read_where_its_source_is(
    tmp_path: Path, folder: str, layout: str
) -> None:
    source = tmp_path / folder
    install(tmp_path / "site", source=source / layout)
    info = next((tmp_path / "site").glob("*.dist-info"))
    document = {"url": source.as_uri(), "dir_info": {"editable": True}}
    (info / "direct_url.json").write_text(json.dumps(document))
    (found,) = read_integrations([str(tmp_path / "site")])
    assert [rule.id for rule in found.rules] == ["acme-sheets"]
    assert found.imports["acme_store"].where == Where("acme-ops0/acme_ops0/ops0.toml", 2)


def test_a_file_that_only_the_source_has_is_missing_unless_it_is_editable(tmp_path: Path) -> None:
    source = tmp_path / "checkout"
    install(tmp_path / "site", source=source)
    info = next((tmp_path / "site").glob("*.dist-info"))
    document = {"url": f"file://{source}", "dir_info": {}}  # as `pip install .` writes it
    (info / "direct_url.json").write_text(json.dumps(document))
    with pytest.raises(BadIntegration, match="which is not installed"):
        read_integrations([str(tmp_path / "site")])


def test_the_first_folder_hides_the_others(tmp_path: Path) -> None:
    first = install(tmp_path / "a", '[imports]\nacme = "one"\n')
    second = install(tmp_path / "b", '[imports]\nacme = "two"\n')
    (found,) = read_integrations([str(first), str(second)])
    assert found.imports["acme"].text == "one"


@pytest.mark.parametrize(
    ("table", "value", "said"),
    [
        (TABLE, "acme_ops0.rules", "not a file in a package"),
        (TABLE, "acme_ops0:../../etc/passwd.toml", "not a file in a package"),
        (TABLE, "acme_ops0:other.toml", "which is not installed"),
        (None, "acme_ops0:ops0.toml", "which is not installed"),
        ("imports = 3", "acme_ops0:ops0.toml", "acme-ops0/acme_ops0/ops0.toml:1: setting `imports`"),
        ("[[rules]]\nid = 'x'", "acme_ops0:ops0.toml", "holds a bad rule: rule x: nothing to match"),
        ("requires = []", "acme_ops0:ops0.toml", "unknown setting `requires`"),
        ("a = ", "acme_ops0:ops0.toml", "not a TOML file"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_an_error_with_its_place(
    tmp_path: Path, table: str | None, value: str, said: str
) -> None:
    site = install(tmp_path / "site", table, value=value)
    with pytest.raises(Ops0Error) as fault:
        read_integrations([str(site)])
    assert said in str(fault.value)
    assert str(fault.value).startswith("acme-ops0/")
    assert fault.value.hint


def test_two_that_contradict_each_other(tmp_path: Path) -> None:
    first = install(tmp_path / "a", '[imports]\nacme = "one"\n')
    second = install(tmp_path / "b", '[imports]\nacme = "two"\n', name="beta-ops0")
    found = read_integrations([str(first), str(second)])
    with pytest.raises(BadIntegration) as fault:
        needs(tmp_path, CODE, *found)
    assert fault.value.distribution == "beta-ops0"
    assert "`acme` is two" in str(fault.value)


def test_what_names_no_group_of_ours_is_left_alone(tmp_path: Path) -> None:
    site = install(tmp_path / "site")
    info = next(site.glob("*.dist-info"))
    (info / "entry_points.txt").write_text("[console_scripts]\nacme = acme:main\n")
    assert read_integrations([str(site)]) == ()
