"""The pages of the example notebooks: what they show of an execution, and whether the committed ones are current."""

from __future__ import annotations

import base64
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from docs_site.notebooks.files import LOCK, digests, write_files
from docs_site.notebooks.pages import IMAGES, LANGUAGES, SOURCES, build_files, read_notebook_outputs
from docs_site.plotly_bundle import BUNDLE, copy_bundle
from tests.checkouts import ROOT

PNG = b"\x89PNG\r\n\x1a\n of a plot"
STYLED = """
<style type="text/css">#T_1_row0_col1 {background: red;}</style>
<table id="T_1"><thead>
<tr><th class="blank level0">&nbsp;</th><th class="col_heading">flights</th></tr>
<tr><th class="index_name">visibility (miles)</th><th class="blank">&nbsp;</th></tr>
</thead><tbody><tr><th>up to 1</th><td>2,345</td></tr><tr><th>a|b</th><td>7</td></tr></tbody></table>
"""
LIBRARY = "<script>window.PlotlyConfig = {};</script><script>Plotly.newPlot(0)</script>"
FIGURE = """
<div><script>Plotly.newPlot(  "0b0c9a2e-5b0f-4d0e-9d3c-0a1b2c3d4e5f",  [{"type":"bar","y":[1,2]}],
{"template":{"layout":{}},"height":320},  {"responsive": true}  ).then(function(){});</script></div>
"""
PAGES = sorted(path.relative_to(ROOT) for path in ROOT.glob("docs/*/notebooks/*.md"))
FIGURES = sorted((ROOT / IMAGES).rglob("*.json"))


def code(number: int, source: str, *outputs: dict[str, Any], alt: str | None = None) -> dict[str, Any]:
    metadata = {"alt": alt} if alt else {}
    return {
        "id": f"cell-{number}", "cell_type": "code", "source": source, "metadata": metadata, "outputs": list(outputs),
    }  # fmt: skip


def text(number: int, source: str) -> dict[str, Any]:
    return {"id": f"cell-{number}", "cell_type": "markdown", "source": source, "metadata": {}}


def stream(printed: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": [printed]}


def shown(**data: str) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {kind.replace("_", "/"): value for kind, value in data.items()}}


def picture() -> dict[str, Any]:
    return shown(image_png=base64.b64encode(PNG).decode(), text_plain="<Figure>")


def build(*cells: dict[str, Any], title: str = "# Flights\n\nOf 2013.", name: str = "tiny") -> dict[str, bytes]:
    """The files of a notebook whose text is the same in both languages."""
    document = {"cells": [text(0, title), *cells]}
    outputs = read_notebook_outputs(name, document["cells"])
    files = build_files(outputs, dict.fromkeys(LANGUAGES, document))
    return {path.as_posix(): content for path, content in files.items()}


def test_a_page_leads_to_its_other_language_and_shows_text_code_and_what_was_printed() -> None:
    files = build(code(1, "print(1)", stream("1\n"), stream("2\n")), text(2, "## Then"), code(3, "x = 1"))
    english = files["docs/en/notebooks/tiny.md"].decode()
    assert english.startswith("# Flights\n\n[En español](../../es/notebooks/tiny.md)\n\n<!-- all blocks tested by ")
    assert " -->\n\nOf 2013.\n\n" in english
    assert english.endswith("```python\nprint(1)\n```\n\n```text\n1\n2\n```\n\n## Then\n\n```python\nx = 1\n```\n")
    assert "tiny.es.ipynb" in files["docs/es/notebooks/tiny.md"].decode()


def test_a_table_of_pandas_becomes_one_of_markdown_with_one_header_row() -> None:
    page = build(code(1, "table", shown(text_html=STYLED)))["docs/en/notebooks/tiny.md"].decode()
    assert page.endswith("\n\n| visibility (miles) | flights |\n|---|---|\n| up to 1 | 2,345 |\n| a\\|b | 7 |\n")


def test_both_languages_show_one_picture_with_its_description_as_if_it_were_not_the_first_of_the_machine() -> None:
    first = stream("Matplotlib is building the font cache; this may take a moment.\n")
    files = build(code(7, "plt.show()", first, picture(), alt="A line"))
    assert files.pop("docs/images/notebooks/tiny/cell-7.png") == PNG
    assert [each.decode().splitlines()[-1] for each in files.values()] == [
        "![A line](../images/notebooks/tiny/cell-7.png)"
    ] * 2
    assert not any(b"font cache" in each for each in files.values())


def test_a_figure_of_plotly_becomes_a_small_file_and_the_library_of_the_notebook_is_left_out() -> None:
    files = build(code(7, "figure.show()", shown(text_html=LIBRARY), shown(text_html=FIGURE), alt='Bars "of" <b>'))
    assert json.loads(files["docs/images/notebooks/tiny/cell-7.json"]) == {
        "data": [{"type": "bar", "y": [1, 2]}],
        "layout": {"height": 320},
    }
    page = files["docs/es/notebooks/tiny.md"].decode()
    assert (
        '<div class="plotly-figure" role="group" aria-label="Bars &quot;of&quot; &lt;b&gt;" '
        'data-src="../../images/notebooks/tiny/cell-7.json" style="min-height: 320px">'
        "Esta figura interactiva necesita JavaScript.</div>"
    ) in page
    assert page.endswith('\n\n<script src="../../assets/plotly-load.js" defer></script>\n')
    assert page.count("<script") == 1


def test_a_notebook_on_spark_says_where_it_ran_and_shows_sparkmagics_tables_and_sentences_without_its_progress() -> (
    None
):
    progress = {"output_type": "display_data", "data": {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}}
    sessions = "<table>\n<tr><th>ID</th><th>State</th></tr><tr><td>0</td><td><pre>idle</pre></td></tr></table>"
    cell = code(1, "%%info", progress, shown(text_html="Configs: <tt>{'a': 1}</tt><br>"), shown(text_html=sessions))
    page = build(cell, name="spark_tiny")["docs/en/notebooks/spark_tiny.md"].decode()
    assert "\n\n<!-- all blocks tested by tests/spark/test_spark_notebooks.py -->\n\n" in page
    assert "[Spark on one machine](../spark.md), with the permissions of the cluster's nodes" in page
    assert page.endswith("\n\n```text\nConfigs: {'a': 1}\n```\n\n| ID | State |\n|---|---|\n| 0 | idle |\n")


def test_of_a_log_of_spark_the_last_lines_are_shown() -> None:
    log = [f"26/11/30 12:21:{second} INFO DAGScheduler: Job {second}\n" for second in range(10, 60)]
    page = build(code(1, "%%logs", stream("stdout: \n\nstderr: \n" + "".join(log))))[
        "docs/en/notebooks/tiny.md"
    ].decode()
    assert page.endswith(f"```text\nstdout: \n\nstderr: \n…\n{''.join(log[-3:])}```\n")
    assert "12:21:56" not in page


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (
            code(1, "plt.show()\nx", picture()),
            r"tiny.py: the cell that begins with `plt.show\(\)` shows a picture. Describe",
        ),
        (code(1, "x", picture(), picture(), alt="A line"), "tiny, cell-1: shows 2 pictures. Give each a cell"),
        (code(1, "x", shown(text_html="<iframe>")), "cell-1: a page cannot show its HTML"),
        (code(1, "x", shown(application_pdf="")), "cell-1: a page cannot show its output of type display_data"),
        (code(1, "x", {"output_type": "error", "ename": "KeyError"}), "cell-1: a page cannot show .* of type error"),
    ],
)
def test_what_a_page_cannot_show_is_an_error_that_names_the_cell(cell: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(cell)


def copy_sources(folder: Path) -> None:
    """Copy what the lock of the pages names besides the pages."""
    for path in (path for path in digests(ROOT) if not path.startswith("docs/")):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, folder / path)


def test_a_second_execution_that_only_took_longer_changes_nothing_and_a_removed_notebook_takes_its_files_along(
    tmp_path: Path,
) -> None:
    copy_sources(tmp_path)

    def execute(printed: str, png: bytes = PNG) -> list[str]:
        page, image = Path("docs/en/notebooks/tiny.md"), Path("docs/images/notebooks/tiny/cell-1.png")
        changed = write_files({page: printed.encode(), image: png}, tmp_path)
        assert json.loads((tmp_path / LOCK).read_text()) == digests(tmp_path)
        return sorted(path.name for path in changed)

    first = "scatter: 3.22 s, 0.04 MB\nS3 is at http://localhost:45713\n26/11/30 12:21:13 INFO Executor: Finished 24\n"
    assert execute(first) == ["cell-1.png", "tiny.md"]
    assert (
        execute("scatter: 10.05 s, 0.04 MB\nS3 is at http://localhost:1\n26/12/01 08:00:00 INFO Executor: Ran\n") == []
    )
    assert (tmp_path / "docs/en/notebooks/tiny.md").read_text() == first
    assert execute("scatter: 10.05 s, 0.05 MB\n") == ["tiny.md"]
    assert execute("scatter: 10.05 s, 0.05 MB\n", PNG + b"!") == ["cell-1.png"]
    assert sorted(path.name for path in write_files({}, tmp_path)) == ["cell-1.png", "tiny.md"]
    assert not list((tmp_path / "docs").rglob("*.*"))


@pytest.mark.skipif(not (ROOT / SOURCES).is_dir(), reason="the example project was removed from this repository")
def test_the_committed_pages_are_those_of_the_current_notebooks_and_libraries() -> None:
    assert len(PAGES) >= 12
    assert json.loads((ROOT / LOCK).read_text()) == digests(ROOT), "run `make notebook-pages`"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_what_a_committed_page_shows_exists_and_describes_itself(page: Path) -> None:
    shown = (ROOT / page).read_text()
    pictures = re.findall(r"!\[(.*)\]\((\S+)\)", shown)
    figures = re.findall(r'<div class="plotly-figure" role="group" aria-label="(.*?)" data-src="(\S+)"', shown)
    assert shown.count("![") + shown.count("plotly-figure") == len(pictures) + len(figures)
    # A page is a folder on the site, so its figures are one folder further away than its pictures.
    targets = [(page.parent / path, alt) for alt, path in pictures]
    targets += [(page.parent / page.stem / path, alt) for alt, path in figures]
    for target, alt in targets:
        assert (ROOT / target).resolve().is_file(), target
        assert len(alt) > 10
    assert ("plotly-load.js" in shown) == bool(figures)


def test_the_site_has_plotly_in_the_version_and_with_the_trace_types_of_the_figures(tmp_path: Path) -> None:
    copy_bundle(ROOT, tmp_path)
    bundle = (tmp_path / "assets" / BUNDLE.name).read_text()
    assert bundle == (ROOT / BUNDLE).read_text()
    supported = set(re.findall(r'moduleType:"trace",name:"(\w+)"', bundle))
    assert {"bar", "heatmap", "box"} <= supported
    assert "scatter3d" not in supported
    types = {trace["type"] for path in FIGURES for trace in json.loads(path.read_text())["data"]}
    assert types <= supported
    assert len(types) >= 2


def test_a_site_without_an_installed_plotly_is_not_built(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"plotly-cartesian.min.js is missing. Run `make install`"):
        copy_bundle(tmp_path, tmp_path / "site")
    assert not (tmp_path / "site").exists()
