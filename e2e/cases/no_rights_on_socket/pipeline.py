import ops0


@ops0.step
def make_rows() -> list[int]:
    return [1, 2, 3]


@ops0.step
def total(rows: list[int]) -> int:
    return sum(rows)
