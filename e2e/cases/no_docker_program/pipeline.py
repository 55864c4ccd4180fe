import ops0


@ops0.step
def make_rows() -> list[int]:
    return [17, 18, 19]


@ops0.step
def total(rows: list[int]) -> int:
    return sum(rows)
