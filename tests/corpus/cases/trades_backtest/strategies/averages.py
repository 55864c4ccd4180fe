from config import CONFIG
from helpers.indicators import crossing
from helpers.registry import strategy

_DAYS = CONFIG.get("days", 1)


@strategy(name="averages 20/50", params={"fast": 20 * _DAYS, "slow": 50 * _DAYS})
def averages(prices, **kwargs):
    return crossing(prices, fast=kwargs["fast"], slow=kwargs["slow"])
