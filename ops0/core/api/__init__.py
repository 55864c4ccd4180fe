"""What user code imports by way of ``ops0``: goes into images whole, so Python 3.8 and the standard library."""
