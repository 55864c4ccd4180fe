import numpy as np

ATTRS = {"acc": {"units": "mm"}, "time": {"standard_name": "time"}}
NODATA = np.iinfo(np.uint16).max
SCALE = 0.01
