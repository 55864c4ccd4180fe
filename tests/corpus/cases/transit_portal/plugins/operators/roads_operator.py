import gzip
import logging
import os
from typing import Any, ClassVar, Dict, List, Optional

import pandas as pd
import pendulum
import requests
from airflow.exceptions import AirflowException
from airflow.models import BaseOperator
from pydantic.v1 import HttpUrl, parse_obj_as
from transit_infra.storage import Extract, file_system

BUCKET = os.environ["TRANSIT_BUCKET_ROADS"]
KEPT = ["properties.Route", "properties.County", "geometry.type", "geometry.coordinates"]


class RoadsExtract(Extract):
    bucket: ClassVar[str] = BUCKET
    at: pendulum.DateTime = pendulum.now()
    partition_names: ClassVar[List[str]] = ["at"]
    product: str
    root_url: str
    page_size: int = 1000

    class Config:
        arbitrary_types_allowed = True

    @property
    def table(self) -> str:
        return self.product

    def _page(self, url: str, params: Dict[str, Any], offset: int) -> Dict:
        try:
            answer = requests.get(url, params={**params, "resultOffset": offset})
            answer.raise_for_status()
            return answer.json()
        except requests.exceptions.RequestException as fault:
            raise AirflowException(f"roads from {offset}: {fault}")

    def _features(self, data: Dict, offset: int) -> Optional[List]:
        if not data.get("features"):
            if offset == 0:
                logging.info("nothing of %s", self.product)
            return None
        return data["features"]

    def fetch(self) -> List:
        url = parse_obj_as(HttpUrl, f"{self.root_url}/FeatureServer/0/query")
        found: List = []
        while True:
            page = self._features(self._page(url, {"f": "geojson"}, len(found)), len(found))
            if page is None:
                return found
            found.extend(page)


def to_wkt(kind: str, points: List) -> Optional[str]:
    if kind != "LineString":
        logging.warning("no text for %s", kind)
        return None
    return "LINESTRING(" + ", ".join(f"{x} {y}" for x, y in points) + ")"


class RoadsOperator(BaseOperator):
    template_fields = ("product", "root_url")

    def __init__(self, product: str, root_url: str, **kwargs):
        self.product = product
        self.root_url = root_url
        self.extract = RoadsExtract(product=f"{product}_geodata", root_url=root_url, filename=f"{product}.jsonl.gz")
        super().__init__(**kwargs)

    def _frame(self, features: List) -> pd.DataFrame:
        try:
            return pd.json_normalize(features)
        except Exception as fault:
            raise AirflowException(f"roads are no table: {fault}")

    def _highways(self, frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame[KEPT].rename(columns={name: name.split(".")[-1] for name in KEPT})
        frame["wkt"] = frame.apply(lambda row: to_wkt(row["type"], row["coordinates"]), axis=1)
        return frame

    def _save(self, frame: pd.DataFrame) -> None:
        content = gzip.compress(frame.to_json(orient="records", lines=True).encode())
        self.extract.save(fs=file_system(), content=content)

    def execute(self, context) -> None:
        features = self.extract.fetch()
        if not features:
            return
        frame = self._frame(features)
        if self.product == "state_highways":
            frame = self._highways(frame)
        self._save(frame)
