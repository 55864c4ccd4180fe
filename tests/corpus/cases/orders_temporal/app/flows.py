from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from app.activities import Activities
    from app.schemas import Asked, Judged


@workflow.defn
class OrderFlow:
    @workflow.run
    async def run(self, asked: Asked) -> Judged:
        retries = RetryPolicy(maximum_attempts=3)
        path = await workflow.execute_activity_method(
            Activities.parse, asked, start_to_close_timeout=timedelta(minutes=5), retry_policy=retries
        )
        order = await workflow.execute_activity_method(
            Activities.extract, path, start_to_close_timeout=timedelta(minutes=5)
        )
        return await workflow.execute_activity_method(
            Activities.judge, order, start_to_close_timeout=timedelta(minutes=1)
        )
