import logging

import coloredlogs


def get_logger(name):
    logger = logging.getLogger(f"gas.{name}")
    coloredlogs.install(level="INFO", logger=logger, fmt="%(levelname)s %(name)s %(message)s")
    return logger
