import geopandas as gpd


def basins(file, codes):
    frame = gpd.read_file(file)
    return frame[frame["code"].isin(codes)]


def catchments(file, around):
    frame = gpd.read_file(file, mask=around)
    return frame.to_crs("EPSG:4326")


def cut(grid, around):
    west, south, east, north = around.total_bounds
    return grid.sel(x=slice(west, east), y=slice(north, south))
