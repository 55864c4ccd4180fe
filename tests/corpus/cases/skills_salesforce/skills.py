import itertools
import logging

import pandas as pd
from simple_salesforce import SalesforceMalformedRequest

import align
import login

SKILLS = {1: ["weld"], 2: ["paint", "cut"]}

sf = login.bsna()


def codes_of(text):
    return [1, 2] if text.upper() == "ALL" else [int(one) for one in text.split(",")]


def territory(name):
    try:
        return sf.query(f"select Id from Territory__c where Name = '{name}'")["records"][0]["Id"]
    except IndexError:
        logging.error("%s is none", name)
        return None


def skills_of(number):
    found = sf.query_all(f"select Id, Skill__c from Mapping__c where Territory__c = '{number}'")
    return pd.DataFrame.from_records(found["records"])


def missing(table, number, person):
    known = [] if len(table) == 0 else [one for one in table["Skill__c"].tolist() if not pd.isnull(one)]
    wanted = set(itertools.chain(*SKILLS.values())) - set(known)
    frame = pd.DataFrame(sorted(wanted), columns=["Skill__c"])
    frame["OwnerId"] = person
    for one in frame.to_dict("records"):
        sf.Mapping__c.create(one)
    return skills_of(number)


def updated(name, person, text):
    number = territory(name)
    if number is None:
        return []
    table = missing(skills_of(number), number, person)
    ids = dict(zip(table["Skill__c"], table["Id"]))
    for skill in itertools.chain(*[SKILLS[one] for one in codes_of(text)]):
        try:
            sf.Mapping__c.update(ids[skill], {"OwnerId": person})
        except SalesforceMalformedRequest as error:
            logging.error("%s of %s", error.content, name)
    return align.realigned(name)


def from_sheet(path):
    sheet = pd.read_excel(path, sheet_name="skills", dtype=str)
    done = [updated(row.territory, row.person, row.skills) for row in sheet.itertuples()]
    pd.DataFrame(itertools.chain(*done)).to_html("done.html")


if __name__ == "__main__":
    from_sheet("skills.xlsx")
