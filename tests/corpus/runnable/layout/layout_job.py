"""A src layout with re-exports, a star import and a module that must not come along."""

from acme_numbers import *
from acme_numbers import mean as average


def work():
    return [average([1, 2, 6]), spread([1, 2, 6])]


def broken():
    return spread([])
