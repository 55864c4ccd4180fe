"""The streams of a container, over connections of this machine."""

from __future__ import annotations

import socket

from ops0.runtime.engines.docker_streams import SocketStreams


def test_a_connection_over_a_network_is_kept_alive() -> None:
    """A step that is silent for hours, on a network that is gone, held its run for ever."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        near = socket.create_connection(server.getsockname())
        far, _ = server.accept()
        with near, far:
            streams = SocketStreams(near, near)
            assert near.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            most = near.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) + near.getsockopt(
                socket.IPPROTO_TCP, socket.TCP_KEEPINTVL
            ) * near.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT)
            assert most <= 120
            streams.write(b"go\n")
            assert far.recv(9) == b"go\n"
            streams.close()


def test_those_of_this_machine_need_no_such_thing() -> None:
    near, far = socket.socketpair()
    with near, far:
        SocketStreams(near, near).write(b"go\n")
        assert far.recv(9) == b"go\n"
