from dagster import ConfigurableResource
from github import Auth, Github
from pydantic import PrivateAttr


class GithubFactory(ConfigurableResource):
    token: str
    _client: Github = PrivateAttr(default=None)

    def client(self) -> Github:
        if self._client is None:
            self._client = Github(auth=Auth.Token(self.token))
        return self._client
