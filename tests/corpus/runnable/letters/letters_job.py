"""A template in a data file beside the code."""

from pathlib import Path

from jinja2 import StrictUndefined, Template

HERE = Path(__file__).parent


def template():
    text = (HERE / "letters_data" / "letter.txt").read_text("utf-8")
    return Template(text, undefined=StrictUndefined)


def work():
    return template().render(name="Ada")


def broken():
    page = template()
    return page.render()  # HERE
