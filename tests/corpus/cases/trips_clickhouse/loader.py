import joblib
import pandas as pd
from clickhouse_connect import get_client
from sklearn.preprocessing import OrdinalEncoder

from settings import CLICKHOUSE, DATA, logger_of

logger = logger_of(__name__, "logs/pipeline.log")


class Loader:
    def __init__(self):
        logger.info("begun")
        self.data = DATA
        self.connection = CLICKHOUSE
        self.size = 500000

    def connect(self):
        try:
            return get_client(**self.connection)
        except Exception as error:
            logger.error("%s", error)
            raise

    def fetch(self, table, begin=None, groups=None):
        client = self.connect()
        wanted = [f"day >= '{begin}'"] if begin else []
        wanted += [f"zone = '{one['zone']}'" for one in groups or []]
        query = f"SELECT * FROM {table}" + (f" WHERE {' AND '.join(wanted)}" if wanted else "")
        frame = pd.DataFrame()
        offset = 0
        while True:
            chunk = client.query_df(f"{query} LIMIT {self.size} OFFSET {offset}")
            if chunk.empty:
                break
            frame = pd.concat([frame, chunk], ignore_index=True)
            offset += self.size
        client.close()
        return frame

    def timed(self, frame):
        frame[self.data["at"]] = pd.to_datetime(frame["day"]) + pd.to_timedelta(frame["hour"], unit="h")
        return frame

    def check(self, frame):
        missing = set(self.data["groups"]) - set(frame.columns)
        if missing:
            raise ValueError(f"missing: {missing}")
        return True

    def filled(self, frame):
        at, target = self.data["at"], self.data["target"]
        every = pd.date_range(frame[at].min(), frame[at].max(), freq=self.data["every"])

        def fill(group):
            group = group.set_index(at).reindex(every)
            group[target] = group[target].ffill().fillna(0)
            return group.reset_index()

        return frame.groupby(self.data["groups"]).apply(fill).reset_index(drop=True)

    def encoded(self, frame, path="encoder.pkl"):
        encoder = OrdinalEncoder().fit(frame[self.data["groups"]])
        joblib.dump(encoder, path)
        frame[self.data["groups"]] = encoder.transform(frame[self.data["groups"]])
        return frame

    def whole(self, table):
        frame = self.timed(self.fetch(table))
        self.check(frame)
        return self.encoded(self.filled(frame))


def sizes():
    rows = get_client(**CLICKHOUSE).query("SELECT zone, count() FROM trips GROUP BY zone").result_rows
    return {zone: size for zone, size in rows}


def arrow_of(table):
    return get_client(**CLICKHOUSE).query_arrow(f"SELECT * FROM {table}").to_pylist()
