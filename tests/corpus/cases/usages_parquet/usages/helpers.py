from dagster import AssetExecutionContext, InputContext, OutputContext


def table_of(context: InputContext | OutputContext | AssetExecutionContext) -> str:
    if isinstance(context, AssetExecutionContext):
        return context.op.name
    return context.asset_key.to_python_identifier()


def days_of(context: AssetExecutionContext) -> list[str]:
    window = context.partition_time_window
    return [f"{window.start:%Y-%m-%d}", f"{window.end:%Y-%m-%d}"]
