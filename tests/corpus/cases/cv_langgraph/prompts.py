clean = "Tidy this text:\n{}"
detail = "Judge {} ({}) in:\n{}"
whole = "Judge {} by:\n{}"
topics = {"work": {"years": "how long", "places": "where"}, "school": {"degree": "which"}}
