import csv
from io import StringIO


def as_buffer(frame):
    buffer = StringIO()
    frame.to_csv(buffer, quoting=csv.QUOTE_MINIMAL, header=False, index=False)
    buffer.seek(0)
    return buffer
