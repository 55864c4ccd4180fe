"""Documentation is held to the code: generated pages, links, examples, keys, names."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import ops0
import ops0_builder
import ops0_runner
from ops0.cli.command_table import COMMANDS
from ops0.cli.main import ops0_command
from ops0.cli.show.plan import pipeline_lines
from ops0.cli.wiring import read_pipeline
from ops0.cli.work import open_work
from ops0.core import decorators
from ops0.core.api import alert, model
from ops0.core.configuration import settings
from ops0.core.errors import Ops0Error
from ops0.host.installed import Environment

ROOT = Path(__file__).parents[3]
HERE = (ROOT / "docs").is_dir()
PAGES = sorted([*ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md")]) if HERE else []
NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]
in_checkout = pytest.mark.skipif(not HERE, reason="docs/ is not beside tests/: no checkout")

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
OPTION = re.compile(r"(?<!\S)--[a-z][a-z-]+")


def blocks(path: Path, language: str) -> list[str]:
    return [text for kind, text in FENCE.findall(path.read_text()) if kind == language]


def prose(path: Path) -> str:
    """A page without what stands in fences, where brackets are not links and # is no heading."""
    return FENCE.sub("", path.read_text())


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in HEADING.findall(prose(path))
    }


def first_cells(page: Path, heading: str = "") -> set[str]:
    """The names in the first column of the tables below a heading, up to the next one."""
    text = "\n" + page.read_text()
    if heading:
        text = text.partition(f"\n{heading}\n")[2]
        text = re.split(r"^## ", text, maxsplit=1, flags=re.MULTILINE)[0]
    return set(re.findall(r"^\| `\*{0,2}([\w]+)` \|", text, re.MULTILINE))


def modules() -> Iterator[ModuleType]:
    for package in (ops0, ops0_builder, ops0_runner):
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def error_classes() -> list[type]:
    return sorted(
        {
            value
            for module in modules()
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Ops0Error)
        },
        key=lambda kind: (kind.__module__, kind.__qualname__),
    )


@in_checkout
def test_generated_pages_are_fresh() -> None:
    spec = importlib.util.spec_from_file_location(
        "make_reference", ROOT / "scripts/make_reference.py"
    )
    assert spec is not None
    assert spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    pages = {name: make() for name, make in maker.PAGES.items()}
    assert set(pages) == {"commands.md", "exit-codes.md"}
    stale = [name for name, text in pages.items() if (maker.FOLDER / name).read_text() != text]
    assert stale == [], "run `make docs`"


@in_checkout
@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    broken = []
    for link in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@in_checkout
@pytest.mark.parametrize("name", NAMES)
def test_python_blocks_compile(name: str) -> None:
    for number, text in enumerate(blocks(ROOT / name, "python"), start=1):
        compile(text, f"{name}, block {number}", "exec", dont_inherit=True)


@in_checkout
@pytest.mark.parametrize("name", NAMES)
def test_settings_blocks_are_read(name: str) -> None:
    for text in blocks(ROOT / name, "toml"):
        assert settings.parse_settings(text.encode(), "ops0.toml") is not None


@in_checkout
@pytest.mark.parametrize("name", NAMES)
def test_commands_and_options_exist(name: str) -> None:
    for line in re.findall(r"^ops0 (.+)$", "\n".join(blocks(ROOT / name, "bash")), re.MULTILINE):
        words = line.partition("#")[0].split()
        known = {
            spelling
            for option in ops0_command.get_command(None, words[0]).params  # type: ignore[arg-type, union-attr]
            for spelling in option.opts
        }
        assert set(OPTION.findall(" ".join(words))) <= known, line


@in_checkout
def test_every_setting_is_described() -> None:
    page = ROOT / "docs/reference/settings.md"
    assert first_cells(page, "# Settings") == set(settings._READERS)


@in_checkout
def test_every_decorator_and_argument_is_described() -> None:
    page = ROOT / "docs/reference/decorators.md"
    public = {
        name
        for name in decorators.__all__
        if inspect.isfunction(getattr(decorators, name)) and name != "options_of"
    }
    assert set(re.findall(r"^## `@ops0\.(\w+)`$", page.read_text(), re.MULTILINE)) == public
    for name in public:
        wanted = set(inspect.signature(getattr(decorators, name)).parameters) - {"function"}
        assert first_cells(page, f"## `@ops0.{name}`") == wanted, name
    assert first_cells(page, "## `@ops0.model.load`") == set(
        inspect.signature(model.load).parameters
    )
    for name in alert.__all__:
        wanted = set(inspect.signature(getattr(alert, name)).parameters)
        assert first_cells(page, f"## `@ops0.alert.{name}`") == wanted, name


@in_checkout
def test_the_explanation_in_the_readme_is_real(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `ops0 plan --explain` says of README's pipeline where none of its packages is installed."""
    readme = ROOT / "README.md"
    (code,) = blocks(readme, "python")
    (told,) = blocks(readme, "text")
    (tmp_path / "pipeline.py").write_text(code)
    (tmp_path / "customers.csv").write_text("age,visits,left\n")
    monkeypatch.setattr("ops0.host.installed.read_environment", Environment)
    pipeline = read_pipeline(open_work(str(tmp_path / "pipeline.py")))
    assert told.splitlines() == list(pipeline_lines(pipeline, explain=True))


@in_checkout
def test_the_readme_names_every_command() -> None:
    table = (ROOT / "README.md").read_text().partition("## Commands")[2].partition("\n## ")[0]
    assert set(re.findall(r"`ops0 (\w+)", table)) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_of_commands_says_what_each_command_says(name: str) -> None:
    command = ops0_command.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    assert command.help is not None
    assert command.help.splitlines()[0] == COMMANDS[name]


def test_every_error_says_what_it_is() -> None:
    kinds = error_classes()
    assert len(kinds) > 50
    silent = [kind.__qualname__ for kind in kinds if not (vars(kind).get("__doc__") or "").strip()]
    assert silent == []


def test_no_two_errors_have_one_name() -> None:
    names = [kind.__name__ for kind in error_classes()]
    assert sorted(names) == sorted(set(names))


def test_every_error_has_a_code_of_its_family() -> None:
    families = {
        "SettingsError": range(3, 10),
        "AnalysisError": range(10, 20),
        "LockError": range(20, 30),
        "PlanError": range(30, 40),
        "BuildError": range(40, 50),
        "RunError": range(50, 60),
        "EngineError": range(60, 70),
        "HostError": range(70, 80),
        "BundleError": range(80, 90),
        "RegistryError": range(90, 100),
        "DeploymentError": range(100, 110),
    }
    strangers = [
        kind.__qualname__
        for kind in error_classes()
        for parent in kind.__mro__
        if parent.__name__ in families and kind.exit_code not in families[parent.__name__]  # type: ignore[attr-defined]
    ]
    assert strangers == []


@pytest.mark.parametrize("name", ops0.__all__)
def test_public_names_can_be_imported(name: str) -> None:
    assert getattr(ops0, name) is not None


@in_checkout
def test_every_public_name_is_described() -> None:
    page = (ROOT / "docs/reference/python.md").read_text()
    assert [name for name in ops0.__all__ if f"`ops0.{name}" not in page] == []


@in_checkout
def test_blocks_of_json_are_json() -> None:
    for path in PAGES:
        for text in blocks(path, "json"):
            json.loads(text)


def test_the_finders_of_this_file_find() -> None:
    """Patterns that match nothing would make every test above pass."""
    page = Path(__file__).parent / "sample.md"
    assert LINK.findall(prose(page)) == ["other.md#a-heading-two", "#sample"]
    assert anchors(page) == {"sample", "a-heading-two"}
    assert ast.parse(blocks(page, "python")[0]).body
    assert first_cells(page, "## A heading, `two`") == {"key", "names"}
    assert OPTION.findall("run --jobs 2 --out x") == ["--jobs", "--out"]


@in_checkout
def test_the_index_lists_every_page() -> None:
    index = (ROOT / "docs/index.md").read_text().splitlines()
    pages = {
        path.relative_to(ROOT / "docs").with_suffix("").as_posix()
        for path in (ROOT / "docs").rglob("*.md")
    }
    assert sorted(one for one in index if one in pages) == sorted(pages - {"index"})
