from dagster import Definitions, ScheduleDefinition, job

from payments.ops import read_advice, summed, told
from payments.resources import Mail, postgres, sqlserver


@job(resource_defs={"sqlserver": sqlserver, "postgres": postgres, "mail": Mail()})
def payments():
    done = read_advice()
    summed(start=done)
    told(start=done)


defs = Definitions(jobs=[payments], schedules=[ScheduleDefinition(job=payments, cron_schedule="0 6 * * *")])
