from __future__ import annotations

import pytest

from ops0.host.process import Completed, ProgramTimeout
from ops0_builder.lock import tools
from ops0_builder.lock.errors import PipFailed
from ops0_builder.lock.index_settings import IndexSettings
from ops0_builder.lock.tools import _located, _pip_settings


def test_a_relative_place_is_seen_from_where_the_user_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wheels").mkdir()
    assert _located("wheels") == str(tmp_path / "wheels")
    assert _located("gone") is None


def answering(monkeypatch, code=0, out="", err="", fault=None):
    def run(argv, *, env, timeout):
        if fault is not None:
            raise fault
        return Completed(argv=argv, code=code, out=out, err=err)

    monkeypatch.setattr(tools, "run", run)


def test_a_pip_that_cannot_tell_its_settings_is_not_one_without_any(monkeypatch):
    answering(monkeypatch, out="global.index-url='https://x.example'\n")
    assert _pip_settings({}).index == "https://x.example"
    answering(monkeypatch, code=1, err="ERROR: https://u:hunter2@x: section 'global' twice")
    with pytest.raises(PipFailed) as caught:
        _pip_settings({})
    assert (caught.value.exit_code, "section 'global' twice" in str(caught.value)) == (29, True)
    assert "hunter2" not in str(caught.value)
    answering(monkeypatch, fault=ProgramTimeout(("pip",), 300))
    with pytest.raises(PipFailed, match="300 s"):
        _pip_settings({})


def test_without_pip_there_are_no_settings_of_it(monkeypatch):
    monkeypatch.setattr(tools, "find_spec", lambda name: None)
    assert _pip_settings({}) == IndexSettings()
