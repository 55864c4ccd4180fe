import requests
from requests.exceptions import ConnectionError
from requests.packages.urllib3.util.retry import Retry
from urllib3.exceptions import ReadTimeoutError

WAIT = 0.2


def policy():
    return Retry(total=9, backoff_factor=WAIT, status_forcelist=[500, 502, 503])


def session():
    made = requests.Session()
    adapter = requests.adapters.HTTPAdapter(pool_connections=10, max_retries=policy())
    made.mount("https://", adapter)
    return made


def expected():
    return ConnectionError, ReadTimeoutError


def get(url):
    try:
        return session().get(url).content
    except expected():
        return None
