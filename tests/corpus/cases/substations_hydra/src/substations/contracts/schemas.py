from datetime import datetime

import patito as pt
import polars as pl


class Power(pt.Model):
    substation: int = pt.Field(dtype=pl.Int32)
    time: datetime
    power: float | None = pt.Field(ge=-1000, le=1000)


class Forecast(pt.Model):
    substation: int
    valid: datetime
    power: float

    @classmethod
    def empty(cls) -> pl.DataFrame:
        return pl.DataFrame(schema=cls.dtypes)


def checked(frame: pl.DataFrame) -> pt.DataFrame[Power]:
    return Power.validate(frame)
