from dataclasses import dataclass, field

import graphviz
import networkx as nx


@dataclass
class Relations:
    starts: list = field(default_factory=list)
    ends: list = field(default_factory=list)
    follows: list = field(default_factory=list)


class NetMaker:
    def __init__(self):
        self.graph = nx.DiGraph()

    def made(self, relations):
        self.graph.add_edges_from(relations.follows)
        return self.graph

    def drawn(self, path):
        picture = graphviz.Digraph()
        for before, after in self.graph.edges:
            picture.edge(before, after)
        picture.render(path, format="png")
