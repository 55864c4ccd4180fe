import traceback

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.backends.backend_pdf import PdfPages

from . import numbers
from . import settings as config


def text_page(lines, title=""):
    figure = plt.figure(figsize=config.SIZE)
    plt.axis("off")
    plt.text(0.01, 0.96, title, weight="bold")
    for at, line in enumerate(lines):
        plt.text(0.01, 0.9 - at * 0.02, line, family="monospace")
    return figure


def add_line(lines, label, value, money=False):
    text = "N/A"
    if pd.notna(value):
        if isinstance(value, (float, np.floating)) and np.isinf(value):
            text = "inf"
        else:
            text = f"${value:,.2f}" if money else str(value)
    lines.append(f"{label:<40} {text}")


def overall(trades, cash):
    lines = []
    try:
        core = numbers.core(trades)
        returns = numbers.daily(trades) / cash
        add_line(lines, "profit", core["total"], money=True)
        add_line(lines, "sharpe", numbers.sharpe(returns))
    except Exception as error:
        lines.append(f"{error}\n{traceback.format_exc()}")
    return config.TITLE, "\n".join(lines)


def equity_page(trades):
    figure, axes = plt.subplots(figsize=config.SIZE)
    axes.plot(trades["day"], trades["profit"].cumsum())
    return figure


def write_pdf(trades, cash, path):
    title, text = overall(trades, cash)
    with PdfPages(path) as pdf:
        for figure in (text_page(text.splitlines(), title), equity_page(trades)):
            pdf.savefig(figure)
            plt.close(figure)
    return path
