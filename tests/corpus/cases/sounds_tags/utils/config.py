import csv

rate = 32000
clip = rate * 10

with open("metadata/labels.csv") as lines:
    rows = list(csv.reader(lines))

ids = [row[1] for row in rows[1:]]
labels = [row[2] for row in rows[1:]]
count = len(labels)
index_of = {one: i for i, one in enumerate(ids)}
