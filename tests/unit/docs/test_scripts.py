"""The scripts that people start say how, and tell what is wrong without a traceback."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def check_names() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_names", ROOT / "scripts/check_names.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


pytestmark = pytest.mark.skipif(not (ROOT / "scripts").is_dir(), reason="scripts are no part of the wheel")  # fmt: skip


def test_help(check_names: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        check_names.asked(["--help"])
    assert ended.value.code == 0
    assert "Which distributions that ops0's tables name" in capsys.readouterr().out


@pytest.mark.parametrize("argv", [[], ["no-such-file"], ["."]])
def test_nothing_to_read(
    check_names: ModuleType, argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        check_names.asked(argv)
    assert ended.value.code == 2
    assert "NAMES" in capsys.readouterr().err


def test_a_list(check_names: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    names = tmp_path / "names"
    names.write_text("\n".join(name for name, _ in check_names.named(check_names.read_tables())))
    names.write_text(names.read_text() + "\tmore")
    assert check_names.main(check_names.asked([str(names)])) == 0
    assert "names," in capsys.readouterr().err


def test_every_target_of_the_makefile_makes_what_it_stands_on() -> None:
    """On a bare machine there is no environment yet, and no base."""
    text = (ROOT / "Makefile").read_text()
    assert text.count("scripts/base-image.sh") == 1
    lacking = []
    for rule in text.split("\n\n"):
        target, _, needs = rule.partition("\n")[0].partition(":")
        uses = "$(VENV)/" in rule.partition("\n\t")[2]
        has = "environment" in needs.partition("##")[0].split() or "scripts/environment.sh" in rule
        if uses and not has:
            lacking.append(target)
    assert lacking == []
