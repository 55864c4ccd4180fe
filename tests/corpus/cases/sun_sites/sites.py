"""What a field of panels should give, beside what the meter says and the market pays."""
import math
import os
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pvlib
from astral import LocationInfo
from astral.sun import sun
from entsoe import EntsoePandasClient
from influxdb_client import InfluxDBClient, Point
from influxdb_client.client.write_api import SYNCHRONOUS
from pydantic import BaseModel
from pydantic_settings import BaseSettings
from pymodbus.client import ModbusTcpClient
from scipy.optimize import minimize
from suncalc import get_position
from timezonefinder import TimezoneFinder
from windpowerlib import WindTurbine
import holidays


class Settings(BaseSettings):
    influx: str = "http://localhost:8086"
    token: str = ""
    entsoe: str = ""


class Site(BaseModel):
    name: str
    lat: float
    lon: float
    tilt: float = 30
    peak: float = 9.8


settings = Settings()


def zone(site: Site):
    return TimezoneFinder().timezone_at(lat=site.lat, lng=site.lon)


def hours(name, day):
    return pd.date_range(day, periods=24, freq="h", tz=name)


def place(site: Site, name):
    return pvlib.location.Location(site.lat, site.lon, tz=name)


def clear(location, times):
    return location.get_clearsky(times)


def turned(position, tilt):
    return pvlib.irradiance.aoi(tilt, 180, position["apparent_zenith"], position["azimuth"])


def position(location, times):
    return location.get_solarposition(times)


def power(sky, angle, peak):
    return sky["dni"] * np.cos(np.radians(angle)).clip(0) * peak / 1000


def daylight(site: Site, day):
    found = sun(LocationInfo(latitude=site.lat, longitude=site.lon).observer, date=day)
    return found["sunset"] - found["sunrise"]


def long_enough(light):
    return light > timedelta(hours=8)


def meter(host, unit=1):
    client = ModbusTcpClient(host)
    client.connect()
    return client.read_holding_registers(40083, count=2, slave=unit)


def watts(answer):
    return answer.registers[0] * 10 ** answer.registers[1]


def price(day):
    client = EntsoePandasClient(api_key=settings.entsoe)
    return client.query_day_ahead_prices("DE_LU", start=day, end=day + pd.Timedelta(days=1))


def earned(expected, prices):
    return float((expected * prices).sum() / 1000)


def fitted(expected, measured):
    return minimize(lambda x: ((expected * x[0] - measured) ** 2).sum(), x0=[1.0])


def loss(found):
    return 1 - found.x[0]


def point(site, value):
    return Point("power").tag("site", site.name).field("watts", value)


def stored(one):
    with InfluxDBClient(url=settings.influx, token=settings.token) as client:
        client.write_api(write_options=SYNCHRONOUS).write("sun", "home", one)


def read_back(name):
    with InfluxDBClient(url=settings.influx, token=settings.token) as client:
        return client.query_api().query_data_frame(f'from(bucket: "sun") |> filter(fn: (r) => r.site == "{name}")')


def gaps(frame):
    return frame["_time"].diff().max()


def is_holiday(day):
    return day in holidays.country_holidays("DE")


def tariff(free):
    return 0.08 if free else 0.12


def main():
    site = Site(name="barn", lat=51.3, lon=9.5)
    day = pd.Timestamp("2024-06-21", tz="Europe/Berlin")
    name = zone(site)
    location, times = place(site, name), hours(name, day)
    sky = clear(location, times)
    expected = power(sky, turned(position(location, times), site.tilt), site.peak)
    print(long_enough(daylight(site, datetime(2024, 6, 21))), tariff(is_holiday(datetime(2024, 6, 21))))
    value = watts(meter("10.0.0.7"))
    stored(point(site, value))
    print(earned(expected, price(day)), loss(fitted(expected, value)), gaps(read_back(site.name)))
    print(get_position(datetime(2024, 6, 21), site.lon, site.lat), math.pi)


if __name__ == "__main__":
    main()
