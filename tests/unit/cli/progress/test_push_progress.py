from __future__ import annotations

import io

from ops0.cli.progress.push import push_line, push_progress
from ops0_builder.registry.blobs import PushEvent


def test_a_line_says_how_far_it_is() -> None:
    event = PushEvent(blobs=1, of_blobs=3, bytes=1_200_000, of_bytes=5_000_000)
    assert push_line(event) == "1 of 3 blobs sent, 1.2 MB of 5.0 MB"
    assert push_line(PushEvent()) == "the registry has every layer"


def test_a_log_gets_a_line_a_blob_that_was_sent() -> None:
    stream = io.StringIO()
    with push_progress(stream) as show:
        show(PushEvent(of_blobs=1, of_bytes=5))
        show(PushEvent(of_blobs=2, of_bytes=6))
        show(PushEvent(blobs=1, of_blobs=2, bytes=5, of_bytes=6))
        show(PushEvent(blobs=2, of_blobs=2, bytes=6, of_bytes=6))
        show(PushEvent(blobs=2, of_blobs=2, bytes=6, of_bytes=6))
    assert stream.getvalue().splitlines() == [
        "0 of 1 blobs sent, 0 B of 5 B",
        "1 of 2 blobs sent, 5 B of 6 B",
        "2 of 2 blobs sent, 6 B of 6 B",
    ]
