"""to_markdown needs tabulate."""

import pandas as pd

ROWS = []
rows = ROWS  # another name for the same list
rows.append({"a": 1, "b": "x"})
rows.append({"a": 2, "b": "y"})


def work():
    return pd.DataFrame(ROWS).to_markdown(index=False)


def broken():
    return ROWS[len(rows)]  # HERE
