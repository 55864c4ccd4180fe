from __future__ import annotations

from ops0_builder.lock.tools import _located


def test_a_relative_place_is_seen_from_where_the_user_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wheels").mkdir()
    assert _located("wheels") == str(tmp_path / "wheels")
    assert _located("gone") is None
