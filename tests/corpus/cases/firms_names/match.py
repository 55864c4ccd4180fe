"""Names of firms from two registers: cleaned, compared, and linked in a graph."""
import csv
import sys
from pathlib import Path

import jellyfish
import networkx as nx
import orjson
import phonenumbers
import pycountry
import rdflib
import yaml
from ftfy import fix_text
from langdetect import detect
from normality import latinize_text
from rapidfuzz import fuzz, process
from rdflib.namespace import FOAF, RDF
from unidecode import unidecode

from registers import Register, opened

STOP = yaml.safe_load(Path(__file__).with_name("stop.yml").read_text())
ORG = rdflib.Namespace("https://firms.example/")


def cleaned(name):
    words = unidecode(fix_text(name)).lower().split()
    return " ".join(one for one in words if one not in STOP["suffixes"])


def shown(name):
    return latinize_text(name) or name


def language(text):
    return detect(text)


def country(name):
    found = pycountry.countries.search_fuzzy(name)
    return found[0].alpha_2 if found else None


def in_country(firm, code):
    return firm["country"] == code


def phone(text, region):
    return phonenumbers.parse(text, region)


def dialled(number):
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def similar(name, names):
    return process.extract(name, names, scorer=fuzz.token_sort_ratio, limit=5)


def best(matches, least=88):
    return [(name, score) for name, score, _ in matches if score >= least]


def sounds(name):
    return jellyfish.metaphone(name)


def blocked(codes):
    blocks = {}
    for name, code in codes:
        blocks.setdefault(code, []).append(name)
    return blocks


def linked(pairs):
    graph = nx.Graph()
    graph.add_weighted_edges_from(pairs)
    return graph


def groups(graph):
    return [sorted(one) for one in nx.connected_components(graph)]


def sizes(members):
    return {len(one) for one in members}


def triples(members):
    graph = rdflib.Graph()
    for number, group in enumerate(members):
        node = ORG[str(number)]
        graph.add((node, RDF.type, FOAF.Organization))
        for name in group:
            graph.add((node, FOAF.name, rdflib.Literal(name)))
    return graph


def turtle(graph):
    return graph.serialize(format="turtle")


def names_in(graph):
    return [str(name) for _, _, name in graph.triples((None, FOAF.name, None))]


def written(text, path):
    Path(path).write_text(text)


def rows_of(register):
    return [register.row(one) for one in register.names()]


def dumped(rows, path):
    Path(path).write_bytes(orjson.dumps(rows))


def main(path):
    with open(path) as file:
        firms = list(csv.DictReader(file))
    names = [cleaned(one["name"]) for one in firms if in_country(one, country("Germany"))]
    pairs = [(one, name, score) for one in names for name, score in best(similar(one, names))]
    print(blocked([(one, sounds(one)) for one in names]), language(shown(names[0])))
    print(dialled(phone(firms[0]["phone"], "DE")))
    graph = linked(pairs)
    members = groups(graph)
    print(sizes(members))
    facts = triples(members)
    written(turtle(facts), "firms.ttl")
    print(names_in(facts))
    register = opened("register.mdb")
    dumped(rows_of(register), "rows.json")


if __name__ == "__main__":
    main(sys.argv[1])
