"""Two ways to read XML and HTML."""

from bs4 import BeautifulSoup
from lxml import etree


def titles(text):
    return [node.get_text() for node in BeautifulSoup(text, "html.parser").find_all("h1")]


def work():
    root = etree.fromstring("<a><b n='1'/><b n='2'/></a>")
    return [[node.get("n") for node in root.iter("b")], titles("<h1>x</h1><p/><h1>y</h1>")]


def broken():
    return etree.fromstring("<a><b></a>")  # HERE
