import jsonlines


def write(rows, path):
    with jsonlines.open(path, "w") as file:
        file.write_all(rows)
