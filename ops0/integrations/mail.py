"""Messages by mail, over SMTP. Loaded when the first one is sent."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage

from ops0.integrations.sending import ANSWER_LIMIT, Later, Message, SendFault

_TLS_PORT = 465


def send(
    message: Message,
    *,
    to: tuple[str, ...],
    sender: str,
    server: str,
    user: str | None,
    password: str | None,
) -> None:
    """Send one mail to all of them. A password goes over TLS only.

    server: ``host`` or ``host:port``
    raises: Later, SendFault
    """
    try:
        with _session(server) as session:
            _greet(session, secret=password is not None)
            if user is not None and password is not None:
                session.login(user, password)
            mail = _mail(message, to, sender)
            refused = session.send_message(mail, from_addr=sender, to_addrs=list(to))
    except ConnectionRefusedError:
        raise Later("the mail server refuses the connection") from None
    except smtplib.SMTPResponseException as fault:
        fact = f"the mail server says {fault.smtp_code}"
        raise (Later(fact) if 400 <= fault.smtp_code < 500 else SendFault(fact)) from None
    except smtplib.SMTPRecipientsRefused as fault:
        raise _refusal(fault.recipients, of=to) from None
    except (OSError, smtplib.SMTPException, ValueError) as fault:
        raise SendFault(f"the mail server cannot be used: {type(fault).__name__}") from None
    if refused:
        raise _refusal(refused, of=to)


def _refusal(refused: Mapping[str, tuple[int, bytes]], of: tuple[str, ...]) -> SendFault:
    """Who does not get the mail. A later try is for all or nobody: some would get it twice. Pure."""
    told = sorted(f"{address} ({code})" for address, (code, _) in refused.items())
    fact = f"the mail server refuses {', '.join(told)}"
    if len(refused) < len(of):
        return SendFault(f"{fact}; the others have the mail")
    later = all(400 <= code < 500 for code, _ in refused.values())
    return Later(fact) if later else SendFault(fact)


def _session(server: str) -> smtplib.SMTP:
    host, _, port = server.partition(":")
    number = int(port or 25)
    if number != _TLS_PORT:
        return smtplib.SMTP(host, number, timeout=ANSWER_LIMIT)
    context = ssl.create_default_context()
    return smtplib.SMTP_SSL(host, number, timeout=ANSWER_LIMIT, context=context)


def _greet(session: smtplib.SMTP, *, secret: bool) -> None:
    """Begin TLS where the server has it; a session that is to carry a secret needs it."""
    if isinstance(session, smtplib.SMTP_SSL):
        return
    session.ehlo()
    if session.has_extn("starttls"):
        session.starttls(context=ssl.create_default_context())
        session.ehlo()
    elif secret:
        raise SendFault("the mail server has no TLS", "use a server with STARTTLS, or port 465")


def _mail(message: Message, to: tuple[str, ...], sender: str) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = f"ops0: {message.pipeline}: {message.call or 'failed'}"
    mail["From"], mail["To"] = sender, ", ".join(to)
    mail["Message-ID"] = f"<{message.id.replace('/', '.')}@ops0>"
    of = f", {message.call}" if message.call else ""
    mail.set_content(f"{message.text}\n\n{message.pipeline}, run {message.run}{of}\n")
    return mail
