"""The contributor guide's benchmark, as it is written there: docs/reference/guide-coverage.md, "Tests and tools"."""

import pytest

import ops0
from ops0.benchmarks import measure_performance


@pytest.mark.benchmark
def test_step_execution_performance():
    """Ensure step execution stays under latency thresholds"""

    @ops0.step
    def simple_step(data):
        return data * 2

    data = list(range(1000))

    # Measure execution time
    with measure_performance() as timer:
        result = simple_step(data)

    # Assert performance requirements
    assert 0 < timer.elapsed < 0.1  # 100ms max: the call takes some microseconds
    assert result == [*data, *data]  # the guide says 1000 items: a list times two is twice as long
