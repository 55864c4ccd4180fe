import folium
import pandas as pd
from folium.plugins import MarkerCluster
from great_tables import GT


class Sheet:
    def __init__(self, table):
        self.table = pd.DataFrame(table)

    def html(self):
        return GT(self.table.head(20)).as_raw_html()

    def styled(self):
        return self.table.style.highlight_max(axis=0).to_html()


class Map:
    def __init__(self, table, zoom=3):
        self.table = table
        self.map = folium.Map(zoom_start=zoom)

    def html(self):
        cluster = MarkerCluster().add_to(self.map)
        for _, row in self.table.iterrows():
            folium.Marker([row["lat"], row["long"]], popup=row["name"]).add_to(cluster)
        return self.map.get_root().render()
