DATA = "data/soil"
SHAPES = "shapes/land.shp"
