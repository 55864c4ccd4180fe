"""Where a distribution was installed from, by its ``direct_url.json``."""

from __future__ import annotations

import pytest

from ops0.core.requirements.direct_url import DirectUrl, read_direct_url


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, None),
        ('{"url": "file:///a", "dir_info": {"editable": true}}', DirectUrl("/a", "/a")),
        ('{"url": "file:///a", "dir_info": {}}', DirectUrl("/a")),
        ('{"url": "file:///a", "dir_info": {"editable": "no"}}', DirectUrl("/a")),
        ('{"url": "https://x.example/a.whl", "archive_info": {}}', DirectUrl()),
        ('{"url": "https://x.example/a", "dir_info": {"editable": true}}', DirectUrl()),
        ('{"url": 7}', DirectUrl()),
        ("[]", DirectUrl()),
    ],
)
def test_only_an_editable_folder_is_imported_from(text: str | None, told: DirectUrl | None) -> None:
    assert read_direct_url(text) == told


def test_what_is_no_json_is_said() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        read_direct_url("{nonsense")
