"""Weather and particles in the air of cities, by hour, day and city."""
import datetime
import os

import openmeteo_requests
import pandas as pd
import requests
import requests_cache
from geopy.geocoders import Nominatim
from retry_requests import retry

HISTORY = "https://archive-api.open-meteo.com/v1/archive"
DAILY = ["temperature_2m_mean", "precipitation_sum", "wind_speed_10m_max"]


def client():
    cached = requests_cache.CachedSession(".cache", expire_after=-1)
    return openmeteo_requests.Client(session=retry(cached, retries=5, backoff_factor=0.2))


def place(city, country):
    found = Nominatim(user_agent="air").geocode({"city": city, "country": country})
    return round(found.latitude, 2), round(found.longitude, 2)


def history(city, start, end, latitude, longitude):
    response = client().weather_api(HISTORY, params={"latitude": latitude, "longitude": longitude, "start_date": start, "daily": DAILY})[0]
    daily = response.Daily()
    days = pd.date_range(start=pd.to_datetime(daily.Time(), unit="s"), end=pd.to_datetime(daily.TimeEnd(), unit="s"), freq="D", inclusive="left")
    columns = {name: daily.Variables(number).ValuesAsNumpy() for number, name in enumerate(DAILY)}
    return cleaned(pd.DataFrame({"date": days, "city": city, **columns}))


def cleaned(frame):
    frame = frame.dropna()
    frame["date"] = frame["date"].dt.date
    return frame


def asked(url):
    answer = requests.get(url, timeout=20)
    if answer.status_code != 200:
        raise requests.exceptions.RequestException(answer.status_code)
    return answer.json()


def today(station, day, city):
    data = asked(f"https://api.waqi.info/feed/{station}/?token={os.environ['AQICN']}")
    if data["data"] == "Unknown station":
        data = asked(f"https://api.waqi.info/feed/{city}/?token={os.environ['AQICN']}")
    frame = pd.DataFrame([{"city": city, "date": day, "pm25": data["data"]["iaqi"].get("pm25", {}).get("v")}])
    frame["pm25"] = frame["pm25"].astype("float32")
    return frame


def tomorrow():
    return datetime.date.today() + datetime.timedelta(days=1)
