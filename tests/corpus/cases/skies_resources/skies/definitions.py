from dagster import Definitions, load_assets_from_modules

from skies import assets
from skies.store import EngineResource

RESOURCES = {"engine": EngineResource()}

defs = Definitions(assets=load_assets_from_modules([assets]), resources=RESOURCES)
