import functools

import backoff
from loguru import logger


def retrying(function):
    @backoff.on_exception(backoff.expo, OSError, max_tries=3)
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


def noted(text):
    logger.info(text)
