def model(dbt, session):
    dbt.config(materialized="table")
    trades = dbt.ref("trades").df()
    trades["spread"] = trades["ask"] - trades["bid"]
    trades.to_parquet("spread.parquet")
    return trades
