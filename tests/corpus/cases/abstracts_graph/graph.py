import json
import re
from urllib.parse import quote

import matplotlib.pyplot as plt
import networkx as nx
import requests
from Bio import Entrez
from rdflib import Graph as Triples
from rdflib import Namespace, URIRef

Entrez.email = "reader@example.org"
PROMPT = "Say each triple of the abstract as JSON.\n\n"


def shortened(text, words=3):
    some = " ".join(text.strip().split()[:words])
    while some.split() and some.split()[-1].lower() in {"in", "of", "the"}:
        some = " ".join(some.split()[:-1])
    return some


def abstracts(question, count=3):
    ids = Entrez.read(Entrez.esearch(db="pubmed", term=question, retmax=count))["IdList"]
    if not ids:
        return []
    papers = Entrez.read(Entrez.efetch(db="pubmed", id=",".join(ids), retmode="xml"))
    found = []
    for paper in papers["PubmedArticle"]:
        parts = paper["MedlineCitation"]["Article"].get("Abstract", {}).get("AbstractText", [])
        found.append({"id": str(paper["MedlineCitation"]["PMID"]), "text": " ".join(str(part) for part in parts)})
    return found


def triples_of(text):
    answer = requests.post(
        "http://localhost:11434/api/generate", json={"model": "mistral", "prompt": PROMPT + text, "stream": False}
    )
    answer.raise_for_status()
    found = re.search(r"\{.*\}", answer.json()["response"], re.DOTALL)
    if not found:
        return []
    told = json.loads(found.group(0))["triples"]
    return [(shortened(one["subject"]), shortened(one["predicate"]), shortened(one["object"])) for one in told]


def graph_of(triples):
    graph = nx.DiGraph()
    for subject, predicate, thing in triples:
        graph.add_edge(subject, thing, relation=predicate)
    return graph


def drawn(graph, file="graph.png"):
    plt.figure(figsize=(10, 8))
    places = nx.spring_layout(graph, k=0.5)
    nx.draw(graph, places, with_labels=True)
    nx.draw_networkx_edge_labels(graph, places, edge_labels=nx.get_edge_attributes(graph, "relation"))
    plt.savefig(file)


def kept(graph, file="graph.graphml"):
    nx.write_graphml(graph, file)


def linked(triples, space="http://example.org/"):
    graph = Triples()
    names = Namespace(space)
    for triple in triples:
        graph.add(tuple(URIRef(names[quote(one.replace(" ", "_"), safe="")]) for one in triple))
    return graph


def counted(graph):
    return {"nodes": graph.number_of_nodes(), "edges": graph.number_of_edges()}


def main():
    triples = []
    for paper in abstracts("efficacy of vaccines"):
        triples.extend(triples_of(paper["text"]))
    graph = graph_of(triples)
    for one, other, data in graph.edges(data=True):
        print(one, data.get("relation"), other)
    drawn(graph)
    kept(graph)
    print(counted(graph))
    linked(triples).serialize(destination="graph.ttl", format="turtle")


if __name__ == "__main__":
    main()
