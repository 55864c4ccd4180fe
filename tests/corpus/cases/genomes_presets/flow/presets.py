import json
from importlib import resources

import yaml
from rich import print


def presets():
    return yaml.safe_load(resources.files("flow").joinpath("presets.yaml").read_text())


def preset_parameter(preset, name, stage="GLOBAL"):
    known = presets()
    if preset not in known:
        print(f"[yellow]no preset {preset}[/yellow]")
    return known.get(preset, {}).get(stage, {}).get(name)


def dumped():
    return json.dumps(presets())
