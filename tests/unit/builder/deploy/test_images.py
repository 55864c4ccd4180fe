"""How an engine learns who we are to a registry."""

from __future__ import annotations

import base64
import json

from ops0_builder.registry.credentials import Credentials, registry_auth


def test_who_we_are_goes_into_a_header_only_where_it_is_known() -> None:
    assert registry_auth("registry.example", Credentials(source="nowhere")) == {}
    known = Credentials(source="a file", username="me", password="pass?>word")
    text = registry_auth("registry.example", known)["X-Registry-Auth"]
    assert json.loads(base64.urlsafe_b64decode(text)) == {
        "serveraddress": "registry.example",
        "username": "me",
        "password": "pass?>word",
    }
    token = Credentials(source="a helper", identity_token="abc")
    text = registry_auth("registry.example", token)["X-Registry-Auth"]
    assert json.loads(base64.urlsafe_b64decode(text)) == {
        "serveraddress": "registry.example",
        "identitytoken": "abc",
    }
