import logging
import time

from kedro.framework.hooks import hook_impl
from kedro.framework.project import settings
from pympler import asizeof

log = logging.getLogger(__name__)


class Timing:
    def __init__(self):
        self._began = {}

    @hook_impl
    def before_node_run(self, node):
        self._began[node.name] = time.perf_counter()

    @hook_impl
    def after_node_run(self, node, outputs):
        took = time.perf_counter() - self._began.pop(node.name)
        log.info("%s: %.1f s, %d bytes", node.name, took, self._size(outputs))

    def _size(self, outputs):
        return asizeof.asizeof(outputs)


def package():
    return settings.CONF_SOURCE
