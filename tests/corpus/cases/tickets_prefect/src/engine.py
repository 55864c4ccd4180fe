import importlib
import json
import os
import shutil
from datetime import timedelta, timezone

import pandas as pd
from dateutil import parser as dates
from prefect import get_run_logger


class Engine:
    def __init__(self, settings: dict, rules_path: str):
        self.base = settings["base"]
        self.folders = settings["folders"]
        self.rules_path = rules_path
        self._make_folders()

    def _make_folders(self):
        for name in self.folders.values():
            os.makedirs(os.path.join(self.base, name), exist_ok=True)

    def file_name(self, meta: dict, received: str, ending: str) -> str:
        day = dates.parse(received).astimezone(timezone.utc) - timedelta(days=1)
        return f"{meta['show']}_{meta['venue']}_{day:%d_%m_%Y}{ending}".replace(" ", "-")

    def seen(self) -> set:
        path = os.path.join(self.base, "seen.json")
        if not os.path.exists(path):
            return set()
        with open(path) as file:
            return set(json.load(file))

    def note_seen(self, message: str) -> None:
        known = self.seen() | {message}
        with open(os.path.join(self.base, "seen.json"), "w") as file:
            json.dump(sorted(known), file)

    def process(self, path: str, rule: dict) -> tuple:
        logger = get_run_logger()
        how = rule["processing"]
        if how.get("raw"):
            from src.models import Checked, Verdict

            target = os.path.join(self.base, self.folders["done"], os.path.basename(path))
            shutil.move(path, target)
            return None, Checked(Verdict.GOOD, "as it came"), target
        module = importlib.import_module(f"src.parsers.{how['parser']}")
        rows, checked = module.parse(path)
        frame = pd.DataFrame(rows)
        if how.get("lookup"):
            frame = self._looked_up(frame, rule["meta"])
        target = os.path.join(self.base, self.folders["done"], os.path.basename(path) + ".csv")
        frame.to_csv(target, index=False)
        logger.info(f"{len(frame)} rows")
        return frame, checked, target

    def _looked_up(self, frame, meta):
        table = pd.read_csv(os.path.join(self.base, self.folders["lookups"], f"{meta['show']}.csv"))
        joined = frame.merge(table, on="code", how="left")
        missing = joined[joined["when"].isna()]["code"].unique()
        if len(missing):
            raise ValueError(", ".join(map(str, missing[:5])))
        return joined

    def quarantine(self, path: str) -> None:
        logger = get_run_logger()
        if os.path.exists(path):
            logger.warning(path)
            shutil.move(path, os.path.join(self.base, self.folders["failed"]))
