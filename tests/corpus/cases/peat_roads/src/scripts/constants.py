bucket = "peat-example"

datasets = {
    "osm": {
        "roads": {"projected": "climate/osm/roads_3395", "small": "climate/osm/roads_small", "local": "/tmp/osm/roads"},
        "canals": {"projected": "climate/osm/canals_3395", "small": "climate/osm/canals_small", "local": "/tmp/osm/canals"},
    },
    "peat": {"mask": {"one_km": "climate/peat/mask_1km/"}},
}
