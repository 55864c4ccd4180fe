from pathlib import Path

import ibis.expr.types as ir
import pandas as pd
import yaml
from hamilton.function_modifiers import extract_fields

from entities.registry import Registry

ALWAYS = {"entity", "place", "modifier"}


@extract_fields({"entity": ir.Table})
def tables(registry: Registry) -> dict:
    return registry.tables


def by_entity(tables: dict, entity: ir.Table) -> dict:
    spine = entity.to_pandas()
    mine = set(spine[~spine["file"].str.startswith("builtin")]["value"].unique())
    names = spine.drop_duplicates("value").set_index("value")["name"].to_dict()
    found: dict[str, list] = {}
    for kind, table in tables.items():
        if kind == "entity":
            continue
        for _, row in table.execute().iterrows():
            if row["entity"] not in mine:
                continue
            fields = {key: value for key, value in row.items() if key not in ALWAYS and pd.notna(value)}
            found.setdefault(names[row["entity"]], []).append({kind: fields} if fields else kind)
    return found


def manifest_files(by_entity: dict, folder: str) -> list[str]:
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    files = []
    for name, parts in by_entity.items():
        file = out / f"{name}.yaml"
        with open(file, "w") as target:
            yaml.dump(parts, target, allow_unicode=True)
        files.append(str(file))
    return sorted(files)
