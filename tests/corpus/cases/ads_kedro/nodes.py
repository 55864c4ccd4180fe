"""Cleans advertised posts: where they are, and what they pay a year."""

from typing import List

import pandas as pd


def cleaned(frame: pd.DataFrame) -> pd.DataFrame:
    result = with_places(frame)
    result = with_pay(result)
    return result


def with_pay(frame: pd.DataFrame) -> pd.DataFrame:
    original = frame.columns
    wanted = ["least_a_year", "most_a_year"]
    frame["parsed"] = frame[frame["pay"].notnull()].apply(func=lambda row: pay_of(row["pay"]), axis=1)
    known = (
        frame[["link", "pay", "parsed"]][frame["pay"].notnull()]
        .apply(func=lambda row: pd.concat([row, pd.Series([one for one in row["parsed"]])], axis=0), axis=1)
        .drop(["pay", "parsed"], axis=1)
        .rename(columns={number: name for number, name in enumerate(wanted)})
    )
    frame = pd.merge(frame, known, how="outer", on="link")
    return frame[columns_with(original, {"pay": wanted})]


def columns_with(original, new):
    columns = []
    for column in original:
        if column in new:
            columns.extend(new[column])
        else:
            columns.append(column)
    return columns


def pay_of(pay: str) -> List[float]:
    words = pay.split()
    split = [number for number, word in enumerate(words) if word in ("a", "an", "per")].pop()
    amounts = " ".join(words[:split])
    rate = " ".join(words[split:])
    times = {"a year": 1, "an hour": 1_800, "per month": 12}
    both = amounts.split("-")
    least, most = both if len(both) > 1 else (both[0], both[0])
    if "Up to" in least:
        least = "0"
        most = most.replace("Up to ", "")
    return [float(_number(least)) * times[rate], float(_number(most)) * times[rate]]


def _number(text: str) -> str:
    return text.translate(str.maketrans({"$": "", ",": "", " ": ""}))


def with_places(frame: pd.DataFrame) -> pd.DataFrame:
    original = frame.columns
    wanted = ["town", "region", "code", "quarter"]
    frame["parsed_place"] = frame[frame.columns].apply(func=lambda row: place_of(row["place"]), axis=1)
    frame = (
        frame[frame.columns]
        .apply(func=lambda row: pd.concat([row, pd.Series([one for one in row["parsed_place"]])], axis=0), axis=1)
        .rename(columns={number: name for number, name in enumerate(wanted)})
    )
    return frame[columns_with(original, new={"place": wanted})]


def place_of(place: str) -> List[str]:
    words = place.split()
    town = words[0].replace(",", "").strip()
    region = words[1]
    code = None
    quarter = None
    rest = words[2:] if len(words) > 2 else None
    if rest:
        if _is_code(rest[0]):
            code = rest[0]
        elif _is_code(rest[-1]):
            code = rest[-1]
        quarter = " ".join(filter(lambda word: word != code, rest)).strip("()") if len(rest) > 1 else None
    return [town, region, code, quarter]


def _is_code(word: str):
    return len([sign for sign in word if sign.isdigit()]) >= 5
