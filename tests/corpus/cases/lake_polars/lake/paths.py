import os
from pathlib import PurePosixPath

__all__ = ["BUCKET", "WAREHOUSE", "day_path"]

BUCKET = os.environ.get("LAKE_BUCKET", "lake")
WAREHOUSE = f"s3://{BUCKET}/warehouse"


def day_path(day):
    return str(PurePosixPath("raw") / f"day={day:%Y-%m-%d}")
