import ops0

NAME = "café"
