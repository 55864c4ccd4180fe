from __future__ import annotations

import smtplib
from email.message import EmailMessage

import typer
from premailer import transform

from rates.config import settings_from_env
from rates.data.loader import Loader
from rates.models import forecast
from rates.reports import Charts, ReportBuilder

app = typer.Typer()


def letter(path, to):
    message = EmailMessage()
    message["Subject"] = f"Rates: {path.stem}"
    message["To"] = ", ".join(to)
    message.add_alternative(transform("<p>The report is attached.</p>"), subtype="html")
    message.add_attachment(path.read_bytes(), maintype="application", subtype="pdf", filename=path.name)
    return message


def sent(message, host="localhost"):
    with smtplib.SMTP(host) as server:
        server.send_message(message)


@app.command()
def weekly(days: int = 7, mail: bool = False):
    settings = settings_from_env()
    bundle = Loader(settings).load()
    said = forecast(bundle, days)
    charts = Charts(settings).all(bundle, said)
    path = ReportBuilder(settings).build(bundle, said, charts, f"{days}d")
    if mail:
        sent(letter(path, settings.to))


@app.command()
def spot():
    print(Loader(settings_from_env()).spot().tail(1))


if __name__ == "__main__":
    app()
