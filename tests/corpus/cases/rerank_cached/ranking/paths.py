from pathlib import Path

from platformdirs import user_cache_dir

CACHE = Path(user_cache_dir("ranking"))
