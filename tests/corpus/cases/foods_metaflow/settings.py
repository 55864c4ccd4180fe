"""Names and places."""

bucket = "foods"
index = "nutrients"
model = "mini"
image = "foods/vectors:1"
