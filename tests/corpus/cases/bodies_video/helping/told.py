import logging


def told(name, level):
    logger = logging.getLogger(name)
    logger.setLevel(level)
    logger.addHandler(logging.StreamHandler())
    return logger


class Silent:
    def info(self, *args):
        pass
