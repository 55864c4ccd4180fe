import dagster as dg
from gql import Client, gql
from gql.transport.requests import RequestsHTTPTransport
from langchain_core.documents import Document
from tenacity import retry, stop_after_attempt, wait_exponential

ISSUES = """
query issues($search: String!) { search(query: $search, type: ISSUE, first: 50) { edges { node { ... on Issue { title body url } } } } }
"""


class Hub(dg.ConfigurableResource):
    token: str
    address: str = "https://hub.example.org/graphql"

    def client(self):
        return Client(
            transport=RequestsHTTPTransport(url=self.address, headers={"Authorization": f"Bearer {self.token}"}),
            fetch_schema_from_transport=True,
        )

    @retry(stop=stop_after_attempt(3), wait=wait_exponential(max=20))
    def issues(self, start, end):
        found = self.client().execute(gql(ISSUES), variable_values={"search": f"created:{start}..{end}"})
        return [edge["node"] for edge in found["search"]["edges"]]

    def documents(self, issues):
        return [Document(page_content=one["body"], metadata={"source": one["url"]}) for one in issues]
