import re

import spacy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

try:
    nlp = spacy.load("en_core_web_sm")
except OSError:
    import spacy.cli

    spacy.cli.download("en_core_web_sm")
    nlp = spacy.load("en_core_web_sm")

SKILLS = {"sea": {"sailing", "rowing", "dead reckoning"}, "land": {"riding", "mapping"}}


def cleaned(text):
    return re.sub(r"[^a-zA-Z0-9\s]", "", text).lower()


def skills_in(text):
    found = {kind: set() for kind in SKILLS}
    for token in nlp(text.lower()):
        for kind, skills in SKILLS.items():
            if token.text in skills:
                found[kind].add(token.text)
    for kind, skills in SKILLS.items():
        for skill in skills:
            if " " in skill and skill in text.lower():
                found[kind].add(skill)
    return found


def alike(one, other):
    try:
        vectors = TfidfVectorizer(stop_words="english").fit_transform([one, other])
        return cosine_similarity(vectors[0:1], vectors[1:2])[0][0]
    except ValueError:
        return 0.0


def compared(mine, wanted):
    likeness = alike(cleaned(mine), cleaned(wanted))
    have, need = skills_in(mine), skills_in(wanted)
    missing = {kind: sorted(need[kind] - have[kind]) for kind in SKILLS}
    share = shares(have, need)
    return {"score": round(40 * likeness + 60 * share), "missing": missing}


def shares(have, need):
    wanted = sum(len(skills) for skills in need.values())
    met = sum(len(need[kind] & have[kind]) for kind in need)
    return met / wanted if wanted else 0.0
