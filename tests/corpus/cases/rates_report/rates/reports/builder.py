"""The report: Markdown, made HTML, made PDF."""
from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Dict
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markdown import markdown

from ..config.base import Settings
from ..data.loader import Bundle
from ..data.models import Forecast

try:
    from weasyprint import HTML

    FAULT = None
except Exception as fault:
    HTML = None
    FAULT = fault


class ReportBuilder:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.env = Environment(loader=FileSystemLoader(str(Path(__file__).parent / "templates")), autoescape=select_autoescape(["html"]))
        self.template = self.env.get_template("report.html.j2")

    def build(self, bundle: Bundle, forecast: Forecast, charts: Dict[str, Path], horizon: str = "7d") -> Path:
        from .charting import Charts

        images = [Charts.as_text(path) for path in charts.values()]
        body = markdown(self._sections(bundle, forecast, horizon), extensions=["tables"])
        html = self.template.render(body=body, charts=images, at=datetime.now(ZoneInfo(self.settings.zone)))
        return self._write(html, horizon)

    def _sections(self, bundle: Bundle, forecast: Forecast, horizon: str) -> str:
        parts = [f"# Rates ({horizon})", self._table(forecast), self._reading(bundle, forecast), self._method(forecast.weights)]
        return "\n\n".join([*parts, bundle.sources.as_markdown()])

    def _table(self, forecast: Forecast) -> str:
        rows = ["| day | mean | low | high |", "|---|---|---|---|"]
        rows += [f"| {point.day:%Y-%m-%d} | {point.mean:.2f} | {point.low:.2f} | {point.high:.2f} |" for point in forecast.points]
        return "\n".join(rows)

    def _reading(self, bundle: Bundle, forecast: Forecast) -> str:
        move = forecast.last().mean / bundle.latest() - 1
        return f"Expected: **{'up' if move > 0 else 'down'}** ({move:+.2%}), widest band {forecast.widest:.1f}"

    def _method(self, weights: Dict) -> str:
        return ", ".join(f"{name}: {weight:.2f}" for name, weight in weights.items())

    def _write(self, html: str, horizon: str) -> Path:
        if HTML is None:
            raise RuntimeError(f"no WeasyPrint here: {FAULT}")
        path = self.settings.file(f"rates_{horizon}_{datetime.now():%Y%m%d}.pdf")
        HTML(string=html, base_url=str(self.settings.out)).write_pdf(str(path))
        return path
