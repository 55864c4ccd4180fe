STYLES = ["Plain", "Woodcut", "Pastel", "Mosaic"]
THINGS = ["Boats", "Birds", "Towers"]
