from dataclasses import dataclass, field


@dataclass
class Wanted:
    selection: dict
    user: str = "nobody"
    more: dict = field(default_factory=dict)


def shortened(selection: dict) -> dict:
    return {key: "/".join(map(str, value)) if isinstance(value, list) else value for key, value in selection.items()}


def target_of(wanted: Wanted) -> str:
    return "_".join(str(wanted.selection[key]) for key in sorted(wanted.selection)) + ".grib"
