"""What only others use."""

import hdbscan


def cluster(values):
    return hdbscan.HDBSCAN().fit(values)
