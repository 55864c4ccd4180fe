import pandas as pd
from sqlalchemy import create_engine, text

from settings import DATABASE_URL

engine = create_engine(DATABASE_URL)


def _mails(days: int) -> pd.DataFrame:
    with engine.connect() as connection:
        return pd.read_sql(
            text("SELECT day, seconds, cost FROM mails WHERE day > now() - :days * interval '1 day'"),
            connection,
            params={"days": days},
        )


def gains(days: int) -> dict:
    mails = _mails(days)
    return {"days": days, "hours": float(mails.seconds.sum() / 3600), "cost": float(mails.cost.sum())}


def chart(days: int) -> dict:
    daily = _mails(days).groupby("day").seconds.sum()
    return {"labels": [str(one) for one in daily.index], "datasets": [{"data": daily.tolist()}]}
