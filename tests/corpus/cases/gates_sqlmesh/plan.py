from sqlmesh import Context


def planned(environment="dev"):
    context = Context(paths=".")
    plan = context.plan(environment, no_prompts=True, auto_apply=True)
    return [one.name for one in plan.directly_modified]


def shown(name):
    frame = Context(paths=".").evaluate(name, start="1 day ago", end="now", execution_time="now", limit=10)
    return frame.to_string()
