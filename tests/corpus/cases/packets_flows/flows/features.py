import math
from collections import Counter, defaultdict

import numpy as np
import polars as pl


def entropy(values):
    total = len(values)
    return -sum(n / total * math.log2(n / total) for n in Counter(values).values())


class FlowTable:
    """Flows by key, as packets come."""

    timeout = 60

    def __init__(self):
        self._flows = defaultdict(list)
        self._cache = None

    def __len__(self):
        return len(self._flows)

    def add(self, packet):
        key = (packet.src, packet.dst, packet.dport, packet.proto)
        self._flows[key].append(packet)

    def _row(self, key, found):
        sizes = np.array([one.size for one in found])
        gaps = np.diff([one.time for one in found])
        return {"src": key[0], "dst": key[1], "port": key[2], "bytes": int(sizes.sum()),
                "mean": float(sizes.mean()), "gap": float(gaps.mean()) if gaps.size else 0.0,
                "entropy": entropy(sizes.tolist())}

    def frame(self):
        if self._cache is None:
            self._cache = pl.DataFrame([self._row(*one) for one in self._flows.items()])
        return self._cache

    def keys(self):
        return list(self._flows)


def by_host(frame):
    return frame.group_by("src").agg(pl.col("bytes").sum(), pl.col("port").n_unique().alias("ports"))


def scanners(hosts, ports=100):
    return hosts.filter(hosts["ports"] > ports)["src"].to_list()
