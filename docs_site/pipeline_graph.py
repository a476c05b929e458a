"""The pictures of a pipeline's steps, for wide and narrow screens: `python -m docs_site.pipeline_graph` writes them."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from mlproject.definition import branch_names, dependencies, read_definition, steps_of
from mlproject.drawing import read_styles, svg
from mlproject.report import PipelineReport, StepReport
from mlproject.report.graph_image import draw_graph_images

ROOT = Path(__file__).parents[1]
PICTURES = (ROOT / "docs" / "images" / "flight-delays.svg", ROOT / "docs" / "images" / "flight-delays-narrow.svg")
# In the report, the page sets these.
_TEXT = ".graph text { font-family: var(--sans); font-size: 12px; fill: var(--ink); }"
_REPORT = ROOT / "mlproject" / "report" / "templates" / "report.css"


def draw_pipeline(folder: Path) -> tuple[str, str]:
    """Return the graph of a pipeline's steps as SVG, for wide and for narrow screens.

    Args:
        folder: the pipeline's folder.
    """
    document = read_definition(folder).document
    needed, branches = dependencies(document), branch_names(document)
    steps = tuple(
        StepReport(
            name=step["Name"],
            type=step["Type"],
            status="Planned",
            seconds=None,
            depends_on=tuple(sorted(needed[step["Name"]])),
            branch=branches.get(step["Name"]),
        )
        for step in steps_of(document)
    )
    report = PipelineReport(name=folder.name, execution_arn="", status="Planned", seconds=0, steps=steps)
    # The rules of the graph are a line each.
    rules = [line for line in _REPORT.read_text().splitlines() if line.startswith(".graph ")]
    style = svg.tag("style", read_styles("palette"), Markup("\n".join([_TEXT, *rules])))  # noqa: S704 - no data
    wide, narrow = draw_graph_images(report)
    return _with_style(wide, style), _with_style(narrow, style)


def _with_style(picture: Markup, style: Markup) -> str:
    opening, _, rest = str(picture).partition(">")
    return f"{opening}>{style}{rest}\n"


if __name__ == "__main__":
    for path, picture in zip(PICTURES, draw_pipeline(ROOT / "pipelines" / "flight_delays"), strict=True):
        path.write_text(picture)
        print(path.relative_to(ROOT))
