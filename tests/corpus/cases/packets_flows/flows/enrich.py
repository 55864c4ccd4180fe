from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path

import geoip2.database
import geoip2.errors
import tldextract
from dns import resolver, reversename
from dns.exception import DNSException

DATABASE = Path("/var/lib/GeoIP/GeoLite2-City.mmdb")


@lru_cache(maxsize=None)
def reader():
    return geoip2.database.Reader(DATABASE)


def country(address):
    try:
        return reader().city(address).country.iso_code
    except geoip2.errors.AddressNotFoundError:
        return None


def local(address):
    return ip_address(address).is_private


def name(address):
    try:
        return str(resolver.resolve(reversename.from_address(address), "PTR")[0])
    except DNSException:
        return address


def domain(text):
    return tldextract.extract(text).registered_domain
