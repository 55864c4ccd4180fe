"""The contributor guide's integration test, as it is written there."""

import ops0


def test_local_pipeline_execution():
    """Test complete pipeline execution locally"""

    @ops0.step
    def generate_data() -> list:
        return [1, 2, 3, 4, 5]

    @ops0.step
    def process_data(data: list) -> list:
        return [x * 2 for x in data]

    @ops0.step
    def summarize(processed: list) -> dict:
        return {"sum": sum(processed), "count": len(processed)}

    # Execute pipeline
    with ops0.pipeline("test-pipeline"):
        result = ops0.run(mode="local")

    assert result["sum"] == 30
    assert result["count"] == 5
