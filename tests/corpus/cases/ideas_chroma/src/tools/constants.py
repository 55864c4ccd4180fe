MOST = 5
KINDS = ("document", "key", "tip")
