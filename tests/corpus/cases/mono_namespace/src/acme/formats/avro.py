import fastavro


def write(rows, path):
    with open(path, "wb") as file:
        fastavro.writer(file, {"type": "record", "name": "row", "fields": []}, rows)
