import ops0


@ops0.step
def make_rows() -> list[int]:
    return [3, 2, 1]


@ops0.step
def total(rows: list[int]) -> int:
    return sum(rows)
