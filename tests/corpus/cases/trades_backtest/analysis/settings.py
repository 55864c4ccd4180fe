SIZE = (11.69, 8.27)
DAYS = 252
TITLE = "Trades"
