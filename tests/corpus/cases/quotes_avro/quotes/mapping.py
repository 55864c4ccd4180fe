from loguru import logger
from pydantic import BaseModel


class Quote(BaseModel):
    symbol: str
    price: float


def as_quote(values, _):
    return Quote(**values)


def committed(error, parts):
    if error:
        logger.error(str(error))
    else:
        logger.info(str(parts))
