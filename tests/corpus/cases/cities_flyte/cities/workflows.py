"""Pages of cities, and which are alike."""

from typing import List

import pandas as pd
from flytekit import conditional, workflow
from flytekit.types.file import FlyteFile

from cities.tasks import alike, base, cleaned, mean_of, merged, remote, scraped, stored, vectorized

COLUMNS = ["summary", "see"]


@workflow
def dataset() -> pd.DataFrame:
    given = base(with_id=True)
    first = scraped(given=given, wiki="wikipedia", language="pt", sections=COLUMNS)
    second = scraped(given=given, wiki="wikivoyage", language="en", sections=COLUMNS)
    return merged(left=first, right=second, join="outer")


@workflow
def vectors(given: pd.DataFrame) -> List[pd.DataFrame]:
    return vectorized(given=cleaned(given=given, foreign=["see"], columns=COLUMNS), columns=COLUMNS)


@workflow
def similar(address: str = "") -> FlyteFile:
    is_remote, file = remote(address=address)
    found = conditional("remote").if_(is_remote.is_true()).then(stored(address=file)).else_().then(dataset())
    return alike(vectors=mean_of(given=vectors(given=found)), actual={"city": "Natal"}, count=5)


if __name__ == "__main__":
    print(similar())
