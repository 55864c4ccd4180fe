import ops0


@ops0.step
def make_rows(columns: int = 3) -> list[int]:
    return list(range(columns))
