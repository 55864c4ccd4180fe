import os
import smtplib
import ssl
from datetime import date, timedelta
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from io import BytesIO
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import yfinance as yf
from jinja2 import Environment, FileSystemLoader, select_autoescape
from scipy import stats

from settings import *
from settings import RISK_FREE as RATE

pd.options.mode.chained_assignment = None
templates = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=select_autoescape())


def prices(names, days=365):
    begin = date.today() - timedelta(days=days)
    return yf.download(names, start=begin, auto_adjust=True)["Close"]


def returns(closes):
    return closes.pct_change().dropna()


def sharpe(daily):
    return np.sqrt(252) * (daily.mean() - RATE / 252) / daily.std()


def worst(daily):
    return daily.min()


def normal(daily):
    return stats.normaltest(daily).pvalue > 0.05


def backtest(closes, short=20, long=100):
    signal = (closes.rolling(short).mean() > closes.rolling(long).mean()).shift()
    return (returns(closes) * signal).cumsum()


def curve(gains):
    figure, axes = plt.subplots()
    gains.plot(ax=axes)
    buffer = BytesIO()
    figure.savefig(buffer)
    return buffer.getvalue()


def styled(table):
    return table.style.format("{:.2f}").to_html()


def render(table, when):
    return templates.get_template("letter.html").render(table=styled(table), when=when)


def letter(to, body, picture):
    message = MIMEMultipart("related")
    message["To"], message["Subject"] = to, SUBJECT

    def add(part):
        message.attach(part)

    add(MIMEText(body, "html"))
    add(MIMEImage(picture, name="curve.png"))
    return message


def send(message):
    context = ssl.create_default_context()
    with smtplib.SMTP_SSL(SERVER, 465, context=context) as server:
        server.login(USER, os.environ["MAIL_PASSWORD"])
        server.sendmail(USER, message["To"], message.as_string())


def main():
    closes = prices(WATCHED)
    daily = returns(closes)
    table = pd.DataFrame({"sharpe": sharpe(daily), "worst": worst(daily)})
    if all(normal(daily[name]) for name in WATCHED):
        print("normal")
    page = render(table, date.today())
    for reader in READERS:
        send(letter(reader, page, curve(backtest(closes))))


if __name__ == "__main__":
    main()
