from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from common.fetching import client

_KNOWN = {}


def rules_of(url, agent="reports"):
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}"
    if root not in _KNOWN:
        parser = RobotFileParser()
        with client({"User-Agent": agent}) as asked:
            parser.parse(asked.get(f"{root}/robots.txt").text.splitlines())
        _KNOWN[root] = parser
    return _KNOWN[root]


def is_allowed(url, agent="reports"):
    return rules_of(url, agent).can_fetch(agent, url)


def host_of(url):
    return urlsplit(url).netloc.removeprefix("www.")
