from config import CONFIG


def get_service(name=None):
    name = name or CONFIG["provider"]
    if name == "yahoo":
        from services.yahoo import fetch
    elif name == "polygon":
        from services.polygon import fetch
    else:
        raise ValueError(name)
    return fetch
