from __future__ import annotations

from dataclasses import replace

import pytest

from ops0_builder.lock.index_settings import (
    IndexSettings,
    pip_settings,
    pip_variables,
    uv_settings,
    uv_variables,
    with_local_places,
)
from ops0_builder.lock.program_words import redacted

LISTING = """\
:env:.cert='/certs/own.pem'
:env:.extra-index-url=''
download.timeout='7'
freeze.all='1'
global.cert='/certs/ca.pem'
global.extra-index-url='https://user:p%40ss@one.example/simple\\nhttps://two.example/simple'
global.index-url='https://pip.example/simple'
global.find-links='/wheels file:///more'
global.timeout='180'
install.trusted-host='one.example two.example'
nonsense
"""


def test_pip_settings_are_read_by_precedence():
    assert pip_settings(LISTING.replace(":env:.extra-index-url=''\n", ""), {}) == IndexSettings(
        index="https://pip.example/simple",
        extra=("https://user:p%40ss@one.example/simple", "https://two.example/simple"),
        find_links=("/wheels", "file:///more"),
        certificate="/certs/own.pem",
        trusted_hosts=("one.example", "two.example"),
        timeout="7",
    )


def test_an_empty_variable_switches_a_file_setting_off():
    assert pip_settings(LISTING, {}).extra == ()


def test_the_order_of_pips_lines_does_not_matter():
    lines = LISTING.splitlines()
    assert pip_settings("\n".join(reversed(lines)), {}) == pip_settings(LISTING, {})


@pytest.mark.parametrize(("text", "value"), [("'1'", True), ("'yes'", True), ("'0'", False)])
def test_no_index(text, value):
    assert pip_settings(f"global.no-index={text}", {}).no_index is value


PIP = IndexSettings(
    index="https://u:secret@pip.example/simple",
    extra=("https://one.example/simple", "file:///folder/simple"),
    find_links=("/wheels", "/more"),
    certificate="/ca.pem",
    trusted_hosts=("one.example",),
    proxy="http://proxy.example:3128",
    timeout="20",
)


def test_uv_is_told_what_only_pip_knows():
    assert uv_variables(IndexSettings(), PIP, {}) == {
        "UV_DEFAULT_INDEX": "https://u:secret@pip.example/simple",
        "UV_INDEX": "https://one.example/simple file:///folder/simple",
        "UV_FIND_LINKS": "/wheels,/more",
        "SSL_CERT_FILE": "/ca.pem",
        "UV_INSECURE_HOST": "one.example",
        "UV_HTTP_TIMEOUT": "20",
        "ALL_PROXY": "http://proxy.example:3128",
    }


@pytest.mark.parametrize(("provider", "told"), [("subprocess", 1), ("import", 0), ("auto", 0)])
def test_a_keyring_is_told_where_uv_knows_the_way(provider, told):
    pip = pip_settings(f"global.keyring-provider='{provider}'", {})
    assert ("UV_KEYRING_PROVIDER" in uv_variables(IndexSettings(), pip, {})) is bool(told)
    own = {"UV_KEYRING_PROVIDER": "disabled"}
    assert "UV_KEYRING_PROVIDER" not in uv_variables(IndexSettings(), pip, own)


@pytest.mark.parametrize(("provider", "told"), [("subprocess", 1), ("disabled", 0)])
def test_a_keyring_that_uv_asks_is_told_to_pip(provider, told):
    tables = [{"index-url": "https://me@uv.example/simple", "keyring-provider": provider}]
    uv = uv_settings({}, tables)
    assert ("PIP_KEYRING_PROVIDER" in pip_variables(uv, IndexSettings())) is bool(told)
    assert "PIP_KEYRING_PROVIDER" not in pip_variables(uv, IndexSettings(keyring="disabled"))


def test_certificates_that_only_one_has_been_told_of_are_told_to_the_other():
    pip = pip_settings("global.cert='/a.pem'\nglobal.client-cert='/me.pem'", {})
    told = uv_variables(IndexSettings(), pip, {})
    assert told == {"SSL_CERT_FILE": "/a.pem", "SSL_CLIENT_CERT": "/me.pem"}
    uv = uv_settings({"SSL_CLIENT_CERT": "/uv.pem"}, [{"index-url": "https://uv.example"}])
    assert pip_variables(uv, IndexSettings())["PIP_CLIENT_CERT"] == "/uv.pem"
    assert "PIP_CLIENT_CERT" not in pip_variables(uv, pip)


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_bundle_that_pip_takes_from_the_environment_is_uvs_too(name):
    pip = pip_settings("global.cert='/a.pem'", {name: "/site.pem"})
    assert uv_variables(IndexSettings(), pip, {})["SSL_CERT_FILE"] == "/site.pem"


@pytest.mark.parametrize(
    ("listing", "version", "trusts"),
    [
        ("", (24, 2), True),
        ("", (26, 1, 2), True),
        ("", (24, 1, 2), False),
        ("global.use-feature='truststore'", (23, 2), True),
        ("global.use-deprecated='legacy-certs'", (25, 0), False),
    ],
)
def test_uv_trusts_what_the_system_trusts_where_pip_does(listing, version, trusts):
    pip = pip_settings(listing, {}, version=version)
    told = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}
    assert uv_variables(IndexSettings(), pip, {}) == (told if trusts else {})
    assert uv_variables(IndexSettings(), pip, {"UV_NATIVE_TLS": "0"}) == {}


def test_uvs_own_settings_stay_as_they_are():
    environment = {
        "UV_INDEX_STRATEGY": "first-index",
        "SSL_CERT_FILE": "/own",
        "UV_HTTP_TIMEOUT": "1",
    }
    own = IndexSettings(index="https://uv.example/simple")
    assert uv_variables(own, PIP, environment) == {
        "UV_INSECURE_HOST": "one.example",
        "ALL_PROXY": "http://proxy.example:3128",
    }
    assert "UV_INDEX_STRATEGY" not in uv_variables(IndexSettings(), PIP, {})


@pytest.mark.parametrize(
    ("extra", "environment", "strategy"),
    [
        (("file:///srv/simple",), {}, "unsafe-first-match"),
        (("file:///srv/simple", "/srv/more"), {}, "unsafe-first-match"),
        (("file:///srv/simple", "https://own.example/simple"), {}, None),
        (("https://own.example/simple",), {}, None),
        ((), {}, None),
        (("file:///srv/simple",), {"UV_INDEX_STRATEGY": "first-index"}, None),
    ],
)
def test_a_folder_with_a_part_of_an_index_hides_no_version(extra, environment, strategy):
    told = uv_variables(IndexSettings(), IndexSettings(extra=extra), environment)
    assert told.get("UV_INDEX_STRATEGY") == strategy


def test_the_last_of_an_order_is_uvs_default():
    """uv asks its default index last, whatever else it knows."""
    one, other = PIP.extra
    told = uv_variables(IndexSettings(), PIP, {}, order=(str(PIP.index), one, other))
    assert (told["UV_INDEX"], told["UV_DEFAULT_INDEX"]) == (f"{PIP.index} {one}", other)
    told = uv_variables(IndexSettings(), replace(PIP, index=None), {})
    assert told["UV_INDEX"] == f"{one} {other}"
    assert "UV_DEFAULT_INDEX" not in told


def test_nobody_is_told_anything_where_nothing_is_set():
    assert uv_variables(IndexSettings(), IndexSettings(), {}) == {}
    assert pip_variables(IndexSettings(), IndexSettings()) == {}
    assert pip_variables(IndexSettings(), PIP) == {}


def test_pip_is_told_what_only_uv_knows():
    uv = IndexSettings(
        index="https://uv.example/simple",
        extra=("https://torch.example/simple",),
        find_links=("/uv-wheels",),
        certificate="/uv.pem",
        trusted_hosts=("uv.example",),
    )
    assert pip_variables(uv, IndexSettings(no_index=False)) == {
        "PIP_INDEX_URL": "https://uv.example/simple",
        "PIP_EXTRA_INDEX_URL": "https://torch.example/simple",
        "PIP_FIND_LINKS": "/uv-wheels",
        "PIP_CERT": "/uv.pem",
        "PIP_TRUSTED_HOST": "uv.example",
    }


def test_pip_keeps_its_own_beside_what_uv_knows():
    uv = IndexSettings(index="https://uv.example/simple", find_links=("/wheels",))
    assert pip_variables(uv, PIP) == {
        "PIP_EXTRA_INDEX_URL": "https://one.example/simple file:///folder/simple "
        "https://uv.example/simple",
        "PIP_FIND_LINKS": "/wheels /more",
        "PIP_TRUSTED_HOST": "one.example",
    }


def test_uv_without_an_index_takes_pips_too():
    assert pip_variables(IndexSettings(no_index=True, find_links=("/w",)), IndexSettings()) == {
        "PIP_FIND_LINKS": "/w",
        "PIP_NO_INDEX": "1",
    }


def test_uv_settings_come_from_the_environment_then_from_tables():
    environment = {
        "UV_INDEX": "private=https://a.example/simple https://b.example/simple",
        "UV_FIND_LINKS": "/one,/two",
        "UV_INSECURE_HOST": "a.example",
        "UV_INDEX_TORCH_CPU_USERNAME": "me",
        "UV_INDEX_TORCH_CPU_PASSWORD": "p@ss/word",
    }
    near = {
        "index": [
            {"name": "torch-cpu", "url": "https://torch.example/simple"},
            {"name": "main", "url": "https://main.example/simple", "default": True},
            {"name": "broken"},
            "broken",
        ],
        "pip": {"find-links": ["/three"], "extra-index-url": ["https://c.example/simple"]},
    }
    near["allow-insecure-host"] = ["main.example:8443"]
    far = {"index-url": "https://far.example/simple", "find-links": ["/one", 3], "index": "broken"}
    assert uv_settings(environment, [near, far]) == IndexSettings(
        index="https://main.example/simple",
        extra=(
            "https://a.example/simple",
            "https://b.example/simple",
            "https://me:p%40ss%2Fword@torch.example/simple",
            "https://c.example/simple",
        ),
        find_links=("/one", "/two", "/three"),
        trusted_hosts=("a.example", "main.example:8443"),
    )


@pytest.mark.parametrize("name", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_uvs_variable_beats_its_tables(name):
    tables = [{"index-url": "https://table.example"}]
    assert uv_settings({name: "https://own.example"}, tables).index == "https://own.example"
    assert uv_settings({}, tables).index == "https://table.example"


def test_local_places_become_whole_or_are_left_out():
    settings = IndexSettings(
        index="file:///gone/too",
        extra=("file:///there/my%20simple", "file:///gone", "https://x.example/simple"),
        find_links=("w", "/there/w", "/gone/w", "https://x.example/links"),
        timeout="3",
    )
    there = {"/there/my simple": "/there/my simple", "/there/w": "/there/w", "w": "/home/me/w"}
    assert with_local_places(settings, there.get) == replace(
        settings,
        extra=("file:///there/my%20simple", "https://x.example/simple"),
        find_links=("/home/me/w", "/there/w", "https://x.example/links"),
    )


def test_a_credential_is_in_no_representation():
    assert "secret" not in repr(PIP)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("GET https://u:s3cret@x.example/a@b failed", "GET https://****@x.example/a@b failed"),
        (
            "https://token@x.example and http://x.example/u@v",
            "https://****@x.example and http://x.example/u@v",
        ),
        ("https://u:p@ss@x.example/", "https://****@x.example/"),
        ("mail me@x.example", "mail me@x.example"),
    ],
)
def test_credentials_are_taken_out_of_texts(text, clean):
    assert redacted(text) == clean
