import ops0


@ops0.step
def total(rows: list[int]) -> int:
    return sum(rows
