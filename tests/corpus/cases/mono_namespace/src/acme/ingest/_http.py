import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry


def session():
    one = requests.Session()
    one.mount("https://", HTTPAdapter(max_retries=Retry(3)))
    return one
