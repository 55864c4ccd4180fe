from .load import load
from .prepare import prepare
from .split import split
