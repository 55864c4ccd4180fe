"""What a mail says, and what the answers of its server mean. The session is made by hand."""

from __future__ import annotations

import smtplib
from typing import Any

import pytest

from ops0.integrations import mail
from ops0.integrations.sending import Later, Message, SendFault

MESSAGE = Message(text="3 rows", pipeline="churn", run="r1", call="check", attempt=2)
BOTH = ("a@example.org", "b@example.org")


class Server:
    """An SMTP session that refuses some. ``refuses``: address -> code."""

    def __init__(self, refuses: dict[str, int], *, code: int | None = None) -> None:
        self._refuses, self._code = refuses, code
        self.sent: list[Any] = []

    def __enter__(self) -> Server:  # noqa: PYI034 - Self is newer than Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def ehlo(self) -> None:
        pass

    def has_extn(self, _: str) -> bool:
        return False

    def send_message(
        self, one: Any, from_addr: str, to_addrs: list[str]
    ) -> dict[str, tuple[int, bytes]]:
        del from_addr
        if self._code is not None:
            raise smtplib.SMTPDataError(self._code, b"no")
        refused = {to: (self._refuses[to], b"no") for to in to_addrs if to in self._refuses}
        if len(refused) == len(to_addrs):
            raise smtplib.SMTPRecipientsRefused(refused)
        self.sent.append(one)
        return refused


def send(monkeypatch: pytest.MonkeyPatch, server: Server, password: str | None = None) -> None:
    monkeypatch.setattr(mail, "_session", lambda _: server)
    mail.send(MESSAGE, to=BOTH, sender="o@x", server="m:25", user=password, password=password)


def test_a_mail_names_pipeline_call_and_run(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server({})
    send(monkeypatch, server)
    one = server.sent[0]
    assert one["Subject"] == "ops0: churn: check"
    assert one["To"] == "a@example.org, b@example.org"
    assert one["Message-ID"] == "<r1.check.2@ops0>"
    assert one.get_content() == "3 rows\n\nchurn, run r1, check\n"


def test_who_is_refused_beside_others_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        SendFault, match=r"refuses b@example.org \(550\); the others have"
    ) as caught:
        send(monkeypatch, Server({"b@example.org": 550}))
    assert not isinstance(caught.value, Later)
    with pytest.raises(SendFault, match="450") as caught:
        send(monkeypatch, Server({"b@example.org": 450}))
    assert not isinstance(caught.value, Later), "a second try would go to a@ again"


def test_a_greylisted_mail_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Later, match=r"a@example\.org"):
        send(monkeypatch, Server(dict.fromkeys(BOTH, 450)))
    for codes in ((550, 550), (450, 550)):
        with pytest.raises(SendFault) as caught:
            send(monkeypatch, Server(dict(zip(BOTH, codes, strict=True))))
        assert not isinstance(caught.value, Later)


@pytest.mark.parametrize(("code", "kind"), [(451, Later), (554, SendFault)])
def test_a_refused_mail(monkeypatch: pytest.MonkeyPatch, code: int, kind: type[SendFault]) -> None:
    with pytest.raises(SendFault) as caught:
        send(monkeypatch, Server({}, code=code))
    assert type(caught.value) is kind


def test_no_password_without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server({})
    with pytest.raises(SendFault, match="no TLS"):
        send(monkeypatch, server, password="secret")
    assert server.sent == []
