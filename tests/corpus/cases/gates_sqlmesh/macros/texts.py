from sqlglot import exp
from sqlmesh import macro


@macro()
def upper(evaluator, column):
    return exp.Upper(this=column)
