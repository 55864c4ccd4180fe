from __future__ import annotations

import pytest

from ops0_builder.lock.errors import ResolverFailed
from ops0_builder.lock.offers import Offer, read_offers

SHA = "a" * 64

TEXT = f"""\
lock-version = "1.0"
created-by = "uv"
[[packages]]
name = "torch"
version = "2.13.0+cpu"
wheels = [
  {{ url = "file:///my%20wheels/torch-2.13.0%2Bcpu-cp311-cp311-linux_x86_64.whl", hashes = {{ sha256 = "{SHA}" }} }},
  {{ path = "../w/torch-2.13.0+cpu-py3-none-any.whl", size = 7, hashes = {{ md5 = "x" }} }},
]
[[packages]]
name = "old"
version = "1"
sdist = {{ url = "https://u:s@x.example/old-1.tar.gz?a=b", size = 3, hashes = {{ sha256 = "{SHA}" }} }}
"""


def test_files_are_read_as_they_are_offered():
    offers = read_offers(TEXT)
    first, second = offers["torch"].wheels
    assert first.filename == "torch-2.13.0+cpu-cp311-cp311-linux_x86_64.whl"
    assert first.local_path == "/my wheels/torch-2.13.0+cpu-cp311-cp311-linux_x86_64.whl"
    assert (first.sha256, first.size) == (SHA, None)
    assert (second.filename, second.sha256, second.size) == (
        "torch-2.13.0+cpu-py3-none-any.whl",
        None,
        7,
    )
    assert second.local_path == "../w/torch-2.13.0+cpu-py3-none-any.whl"
    assert offers["torch"].sdist is None
    assert offers["old"].sdist == Offer(
        filename="old-1.tar.gz", url="https://u:s@x.example/old-1.tar.gz?a=b", sha256=SHA, size=3
    )
    assert offers["old"].sdist.local_path is None
    assert "https" not in repr(offers["old"])


def test_nothing_resolved_offers_nothing():
    assert read_offers('lock-version = "1.0"') == {}


@pytest.mark.parametrize("text", ["{", "packages = [{}]", "packages = [3]"])
def test_what_is_no_listing_is_an_error(text):
    with pytest.raises(ResolverFailed):
        read_offers(text)


def test_an_address_without_its_login():
    offer = Offer(
        filename="a.whl", url="https://u:p@x.example:8/a.whl?q=1#sha256=0", sha256=None, size=None
    )
    assert offer.bare_url == "https://x.example:8/a.whl?q=1"
