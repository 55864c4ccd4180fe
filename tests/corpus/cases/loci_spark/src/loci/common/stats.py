from __future__ import annotations

import sys
from math import floor, log10
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from pyspark.sql import Column
from pyspark.sql import functions as f
from pyspark.sql import types as t
from scipy.stats import chi2

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Parts(NamedTuple):
    mantissa: Column
    exponent: Column


@f.udf(t.DoubleType())
def inverse_survival(p: float) -> float | None:
    return float(chi2.isf(p, df=1)) if p is not None else None


@f.pandas_udf(t.DoubleType())
def survival(values):
    return values.map(lambda value: chi2.sf(value, df=1))


def log_sum(values: NDArray[np.float64]) -> float:
    top = np.max(values)
    return float(top + np.log(np.sum(np.exp(values - top))))


def split(p: float) -> tuple[float, int]:
    exponent = floor(log10(p)) if p else 0
    return round(p / 10**exponent, 3), exponent


def split_column(p: Column) -> Parts:
    p = f.when(p == f.lit(0), f.lit(sys.float_info.min)).otherwise(p)
    exponent = f.floor(f.log10(p))
    return Parts(mantissa=(p / f.pow(f.lit(10), exponent)).cast(t.FloatType()), exponent=exponent.cast(t.IntegerType()))


def chi2_of(mantissa: Column, exponent: Column) -> Column:
    rough = (neg_log(mantissa, exponent) * f.lit(4.596) - f.lit(5.367)).cast(t.DoubleType())
    return f.when(exponent < f.lit(-300), rough).otherwise(inverse_survival(mantissa * f.pow(f.lit(10), exponent)))


def neg_log(mantissa: Column, exponent: Column) -> Column:
    return -1 * (f.log10(mantissa) + exponent)


def z_of(p: Column, beta: Column) -> Column:
    mantissa, exponent = split_column(p)
    sign = f.when(beta > 0, f.lit(1)).otherwise(f.lit(-1))
    return (sign * f.sqrt(chi2_of(mantissa, exponent))).alias("z")


def neg_log_of_z2(z2: Column) -> Column:
    return f.when(z2 <= f.lit(1400), -1 * f.log10(survival(z2))).otherwise(f.lit(0.2173) * z2)
