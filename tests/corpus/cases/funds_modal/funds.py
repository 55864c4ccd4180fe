"""How exchange-traded funds did over a year: each is asked for in a container of its own."""

import io
import os

import modal

image = modal.Image.debian_slim().pip_install("httpx~=0.27", "yfinance~=0.2", "beautifulsoup4~=4.12", "matplotlib~=3.9")
app = modal.App("fund-charts", image=image)

PAGE = "https://funds.example.org/etf?rows=60"
FOLDER = "/tmp/charts"


@app.function()
def symbols():
    import bs4
    import httpx

    answer = httpx.get(PAGE, headers={"user-agent": "charts/1.0"})
    page = bs4.BeautifulSoup(answer.text, "html.parser")
    for cell in page.find_all("td", {"class": "symbol"}):
        for link in cell.find_all("a"):
            symbol = str(link.next)
            print(f"there is {symbol}")
            yield symbol


@app.function()
def closes(symbol):
    import yfinance

    fund = yfinance.Ticker(symbol)
    days = fund.history(period="1y")["Close"]
    print(f"{symbol}: {len(days)} days")
    return symbol, days.to_dict()


@app.function()
def chart():
    from matplotlib import pyplot, ticker

    pyplot.style.use("seaborn-v0_8")
    figure, axes = pyplot.subplots(figsize=(9, 6))

    names = list(symbols.remote_gen())
    rows = list(closes.map(names))
    first = min(min(days.keys()) for _, days in rows if days)
    last = max(max(days.keys()) for _, days in rows if days)

    for symbol, days in rows:
        if not days:
            continue
        dates = sorted(days.keys())
        prices = [days[day] for day in dates]
        gains = [100.0 * (price / prices[0] - 1) for price in prices]
        if gains[-1] > 25:
            line = axes.plot(dates, gains, alpha=0.8)
            axes.annotate(symbol, (last, gains[-1]), ha="left", color=line[0].get_color())
        else:
            axes.plot(dates, gains, color="lightgray")

    axes.yaxis.set_major_formatter(ticker.PercentFormatter())
    axes.set_title(f"{first.date()} to {last.date()}")
    with io.BytesIO() as picture:
        pyplot.savefig(picture, format="png", dpi=200)
        return picture.getvalue()


@app.local_entrypoint()
def main():
    os.makedirs(FOLDER, exist_ok=True)
    picture = chart.remote()
    name = os.path.join(FOLDER, "funds.png")
    with open(name, "wb") as file:
        file.write(picture)
    print(f"written to {name}")
