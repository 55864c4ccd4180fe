from lake.paths import *
from lake.load import load_day, write_table
