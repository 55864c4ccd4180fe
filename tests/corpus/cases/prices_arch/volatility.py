import os
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import statsmodels.api as sm
from arch import arch_model
from scipy import stats
from statsmodels.graphics.tsaplots import plot_acf
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.tsa.stattools import adfuller

warnings.filterwarnings("ignore")
np.random.seed(42)
OUT = os.path.dirname(os.path.abspath(__file__))


def simulated(count=1000, base=0.1, share=0.8):
    noise = np.random.normal(size=count)
    spread = np.zeros(count)
    values = np.zeros(count)
    spread[0] = base / (1 - share)
    for at in range(1, count):
        spread[at] = base + share * values[at - 1] ** 2
        values[at] = np.sqrt(spread[at]) * noise[at]
    return values, spread


def prices(start="2015-01-01", end="2024-12-31"):
    try:
        import yfinance as yf

        rows = yf.download("^GSPC", start=start, end=end, progress=False)
        if rows is not None and len(rows) > 0:
            price = rows["Close"]
            return price.iloc[:, 0] if isinstance(price, pd.DataFrame) else price
    except Exception as error:
        print("yfinance:", error)
    import pandas_datareader.data as web

    return web.DataReader("SP500", "fred", start, end)["SP500"].dropna()


def returns_of(price):
    return np.log(price / price.shift(1)).dropna()


def described(returns):
    return pd.DataFrame({"value": [returns.mean(), returns.std(), stats.skew(returns), stats.kurtosis(returns, fisher=False)]})


def stationary(series, name):
    value, chance, *_ = adfuller(series.dropna(), autolag="AIC")
    print(f"{name}: {value:.3f} {chance:.4f}")
    return chance < 0.05


def best_order(returns):
    found = []
    for p, q in ((1, 0), (1, 1), (2, 1)):
        result = arch_model(returns, mean="Constant", vol="GARCH", p=p, q=q).fit(disp="off")
        found.append((p, q, result.aic, result.bic))
    table = pd.DataFrame(found, columns=["p", "q", "aic", "bic"])
    return table.loc[table["bic"].idxmin()]


def fitted(returns, p, q):
    return arch_model(returns, mean="Constant", vol="GARCH", p=p, q=q).fit(disp="off")


def leftovers(result, index):
    return pd.Series(result.resid / result.conditional_volatility, index=index)


def checked(left):
    table = acorr_ljungbox(left**2, lags=[10], return_df=True)
    return float(table["lb_pvalue"].iloc[0])


def drawn(left, name):
    figure, (first, second) = plt.subplots(2)
    plot_acf(left, ax=first, lags=20)
    sm.qqplot(left, line="s", ax=second)
    figure.savefig(os.path.join(OUT, f"{name}.png"))


def persistence(result):
    return result.params.get("alpha[1]", np.nan) + result.params.get("beta[1]", np.nan)


def ahead(result, days=20):
    return np.sqrt(result.forecast(horizon=days).variance.values[-1, :])


def main():
    returns = returns_of(prices()) * 100
    print(described(returns))
    stationary(returns, "returns")
    order = best_order(returns)
    result = fitted(returns, int(order["p"]), int(order["q"]))
    left = leftovers(result, returns.index)
    print(checked(left), persistence(result), ahead(result))
    drawn(left, "left")


if __name__ == "__main__":
    main()
