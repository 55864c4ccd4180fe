import requests
from requests.adapters import HTTPAdapter, Retry


def asked(url):
    wire = requests.Session()
    wire.mount("https://", HTTPAdapter(max_retries=Retry(total=3)))
    return wire.get(url, timeout=20)
