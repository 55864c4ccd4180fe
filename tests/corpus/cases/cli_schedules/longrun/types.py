from dataclasses import dataclass, field


@dataclass(kw_only=True)
class ScheduleConfig:
    scheduler: dict = field(default_factory=dict)
    interval: str = "step"
    frequency: int = 1
    monitor: str | None = None
