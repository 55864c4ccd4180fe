from loguru import logger


def get_logger(name):
    return logger.bind(name=name)
