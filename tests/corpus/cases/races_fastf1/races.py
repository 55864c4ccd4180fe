from typing import Any

import fastf1
import fastf1.plotting
import matplotlib.pyplot as plt
import pandas as pd
import structlog

logger = structlog.get_logger()
fastf1.Cache.enable_cache("cache")


class Races:
    def __init__(self, season: int, number: int):
        self.season = season
        self.number = number
        self.session = None

    def load(self):
        try:
            self.session = fastf1.get_session(self.season, self.number, "Race")
            self.session.load(weather=False, telemetry=False)
            logger.info("loaded", season=self.season, place=self.session.event["Location"])
        except Exception as error:
            logger.error("failed", error=str(error))
            raise

    def results(self) -> list[dict[str, Any]]:
        if not self.session:
            self.load()
        found = []
        for _, row in self.session.results.iterrows():
            if pd.isna(row["Position"]):
                continue
            found.append({"driver": row["Abbreviation"], "place": int(row["Position"]), "points": float(row["Points"])})
        return found

    def facts(self) -> dict[str, Any]:
        if not self.session:
            self.load()
        return {"track": self.session.event["Location"], "laps": int(self.session.total_laps)}

    def drawn(self, driver):
        laps = self.session.laps.pick_drivers(driver)
        figure, axes = plt.subplots()
        axes.plot(laps["LapNumber"], laps["LapTime"].dt.total_seconds(), color=fastf1.plotting.get_driver_color(driver, self.session))
        figure.savefig(f"{driver}.png")


def written(season):
    rows = []
    for number in range(1, 4):
        race = Races(season, number)
        rows += [{**one, **race.facts()} for one in race.results()]
    table = pd.DataFrame(rows)
    with pd.ExcelWriter("races.xlsx", engine="openpyxl", mode="w") as writer:
        table.to_excel(writer, sheet_name=str(season))
    return quickest(table)


def quickest(table):
    return table.groupby("driver")["points"].sum().idxmax()
