CONFIG = {
    "provider": "yahoo",
    "cash": 100_000,
    "share": 0.1,
    "folds": 4,
    "runs": 500,
    "portfolios": {"few": ["AAPL", "MSFT"]},
    "bucket": "",
}
