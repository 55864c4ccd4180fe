"""Games and teams out of the league's service."""

import pandas as pd
import requests

BASE = "https://league.example.org/v1/"


def schedule(day):
    answer = requests.get(f"{BASE}schedule/{day}").json()
    games = []
    if answer["dates"] is None:
        return pd.DataFrame()
    for one in answer["dates"]:
        for game in one["games"]:
            games.append({"game": game["pk"], "day": pd.to_datetime(one["date"]), "home": game["home"]["name"], "season": game["season"]})
    return pd.DataFrame(games)


def teams_of(game):
    answer = requests.get(f"{BASE}game/{game}/boxscore").json()
    home = answer["teams"]["home"]["stats"]
    away = answer["teams"]["away"]["stats"]
    home["side"] = "home"
    away["side"] = "away"
    frame = pd.DataFrame([home, away])
    frame.rename(columns={"faceOffWinPercentage": "faceoffs"}, inplace=True)
    frame["game"] = game
    return frame
