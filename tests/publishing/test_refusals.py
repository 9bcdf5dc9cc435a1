"""What is wrong in the sources stops the run and is shown with file and line; what is supported renders."""

from pathlib import Path

import pytest
import yaml

from analysis.publishing import PublishingError, engines
from analysis.publishing.source import read_project
from analysis.publishing.state import output_name

from .conftest import REPORTS, run, write

DOCUMENT = "2021/annual-report-2021.qmd"
FRONT = "---\ntitle: Отчёт\n---\n"


def _refusal(reports: Path, text: str, kind: str = "html") -> str:
    """Publishes a document whose fourth line is the first of `text` and returns the complaint."""
    write(reports / DOCUMENT, FRONT + text + "\n")
    with pytest.raises(PublishingError) as caught:
        run(reports, [DOCUMENT], [kind])
    return str(caught.value)


# The list of what is supported; with the project file of the real reports it is all they may use.
SUPPORTED = {
    "heading": "# Раздел {#sec-a}\n\n## Подраздел {.unnumbered}",
    "emphasis": "*курсив*, **жирный**, `код`, ~~снято~~, H~2~O, м^2^",
    "lists": "- раз\n    - два\n\n1. три\n2. четыре",
    "definition": "УО\n:   управление",
    "quote, rule, code": "> цитата\n\n---\n\n```\nкод\n```",
    "links": "[сайт](https://example.org/), [место](#sec-a), <a@example.org>\n\n# Р {#sec-a}",
    "table": "| а | б |\n|---|--:|\n| 1 | 2 |\n\n: Подпись {#tbl-a}\n\n[Таблице @tbl-a] и [-@tbl-a]",
    "table without caption": "| а | б |\n|---|---|\n| 1 | 2 |",
    "figure": '![Подпись](figures/plan){#fig-a fig-alt="Что видно"}\n\n@fig-a',
    "reference to a section": "# Р {#sec-a}\n\n@sec-a",
    "content for formats": '::: {.content-visible when-format="docx"}\nа\n:::\n\n'
    '::: {.content-visible unless-format="html"}\nа\n:::',
    "callouts": "\n\n".join(
        f'::: {{.callout-{kind} title="Заголовок"}}\nтекст\n:::'
        for kind in ("note", "tip", "important", "warning", "caution")
    ),
    "callout without title": "::: {.callout-note}\nтекст\n:::",
    "classes": "::: {.lead}\nа\n:::\n\n::: {.wide}\n[б]{.mark}\n:::",
    "cells": "```{python}\n#| echo: false\n#| output: asis\nx = 2\nprint('текст')\n```\n\n"
    "`{python} x + 1` и `{python} '*a*'`",
    "include": "{{< include ../_parts/note.md >}}",
}


@pytest.mark.parametrize("kind", ["html", "pdf", "docx"])
@pytest.mark.parametrize("construct", SUPPORTED)
def test_supported(reports: Path, construct: str, kind: str):
    write(reports / "_parts" / "note.md", "примечание")
    write(reports / DOCUMENT, FRONT + SUPPORTED[construct])
    run(reports, [DOCUMENT], [kind])
    assert (reports / "_site" / DOCUMENT).with_suffix(f".{kind}").stat().st_size


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("текст\n\n<div>разметка</div>", 6, "<div>"),
        ("текст <b>жирный</b>", 4, "<b>"),
        ("текст <span>простой</span>", 4, "<span>"),
        ("\\begin{x}\nа\n\\end{x}", 4, "\\begin{x}"),
        ("сумма $x^2$", 4, "x^2"),
        ("текст[^1]\n\n[^1]: сноска", 4, "[^"),
        ("| стих", 4, "|"),
        ("::: {.panel-tabset}\nа\n:::", 4, ".panel-tabset"),
        ("::: {layout-ncol=2}\nа\n:::", 4, "layout-ncol"),
        ("::: {.column-margin}\nа\n:::", 4, ".column-margin"),
        ("{{< video x.mp4 >}}", 4, "{{< video x.mp4 >}}"),
        ("текст {{< meta title >}}", 4, "{{< meta title >}}"),
        ("```{r}\n1\n```", 4, "{r}"),
        ("```python\n1\n```", 4, "python"),
        ("```{python}\n#| output: asis\n#| fig-cap: Рисунок\n1\n```", 6, "fig-cap"),
        ("```{python}\n#| output: hide\n1\n```", 5, "output: hide"),
        ("```{python}\nprint(1)\n```", 4, "output: asis"),
        ("```{python}\n#| output: asis\n1 + 1\n```", 4, "напечатайте"),
        ("```{python}\nне закрыта", 4, "не закрыт"),
        ("а\n\nсм. @tbl-нет", 6, "@tbl-нет"),
        ("см. [@fig-a; @fig-b]", 4, "@fig-a; @fig-b"),
        ("см. [место](#sec-нет)", 4, "#sec-нет"),
        ("![Подпись](figures/plan){#fig-a}", 4, "fig-alt"),
        ('а\n\n![Подпись](figures/нет){#fig-a fig-alt="а"}', 6, "figures/нет.svg"),
        ("# А {#sec-a}\n\n# Б {#sec-a}", 4, "sec-a"),
        ("{{< include ../_parts/нет.qmd >}}", 4, "../_parts/нет.qmd"),
        ("{{< include ../../outside.qmd >}}", 4, "нет включаемого файла"),
        ("значение `{python} 1 / 0`", 4, "ZeroDivisionError: division by zero"),
    ],
)
def test_refused_with_its_line(reports: Path, text: str, line: int, words: str):
    write(reports.parent / "outside.qmd", "снаружи")
    complaint = _refusal(reports, text)
    assert f"reports/{DOCUMENT}, строка {line}" in complaint
    assert words in complaint


def test_what_a_cell_prints_is_located_by_the_cell(reports: Path):
    complaint = _refusal(reports, "а\n\n```{python}\n#| output: asis\nprint('<b>')\n```")
    assert complaint.startswith(f"reports/{DOCUMENT}, строка 6: не поддерживается: <b>")


def test_a_failing_cell_names_the_included_file_the_statement_and_the_error(reports: Path):
    cell = "Текст\n\n```{python}\n#| include: false\ndef f():\n    raise ValueError('нет\\nданных')\n\nf()\n```\n"
    write(reports / "_parts" / "bad.qmd", cell)
    complaint = _refusal(reports, "{{< include ../_parts/bad.qmd >}}")
    assert "reports/_parts/bad.qmd, строка 3" in complaint
    assert "строка 6 («raise ValueError('нет\\nданных')»)" in complaint
    assert "ValueError: нет данных" in complaint


def test_a_syntax_error_names_its_line(reports: Path):
    complaint = _refusal(reports, "```{python}\nx = 1\nx = = 2\n```")
    assert "строка 6 («x = = 2»): SyntaxError" in complaint


def test_an_include_of_itself_is_an_error(reports: Path):
    write(reports / "_parts" / "a.qmd", "а\n\n{{< include b.qmd >}}")
    write(reports / "_parts" / "b.qmd", "{{< include a.qmd >}}")
    assert "reports/_parts/b.qmd, строка 1: файл включает сам себя" in _refusal(
        reports, "{{< include ../_parts/a.qmd >}}"
    )


def test_lines_of_dashes_in_the_text_are_not_metadata(reports: Path):
    write(reports / DOCUMENT, FRONT + "---\ntitle: Чужой\n---\n")
    run(reports, [DOCUMENT], ["html"])
    page = (reports / "_site" / DOCUMENT).with_suffix(".html").read_text(encoding="utf-8")
    assert "<h1>Отчёт</h1>" in page
    assert "title: Чужой" in page


def test_all_problems_of_a_document_are_shown_at_once(reports: Path):
    assert len(_refusal(reports, "@fig-a\n\n<b>\n\n@fig-c").splitlines()) == 3


def test_an_unknown_key_of_a_document(reports: Path):
    write(reports / DOCUMENT, "---\ntitle: а\nbibliography: x.bib\n---\n")
    with pytest.raises(PublishingError, match="annual-report-2021.qmd: ключ «bibliography»"):
        run(reports, [DOCUMENT], ["html"])


@pytest.mark.parametrize("key", ["filters", "website.sidebar", "format.html.code-fold", "website.navbar.left.icon"])
def test_an_unknown_key_of_the_project(reports: Path, key: str):
    settings = yaml.safe_load((reports / "_quarto.yml").read_text(encoding="utf-8"))
    *parents, last = key.split(".")
    place = settings
    for parent in parents:
        place = place[parent]
    (place[0] if isinstance(place, list) else place)[last] = "x"
    write(reports / "_quarto.yml", yaml.safe_dump(settings, allow_unicode=True))
    with pytest.raises(PublishingError, match=f"_quarto.yml: ключ «{key}»"):
        run(reports)


def test_a_filter_that_only_quarto_would_apply(reports: Path):
    settings = yaml.safe_load((reports / "_quarto.yml").read_text(encoding="utf-8"))
    assert len(settings["filters"]) == 1
    settings["filters"].append("own.lua")
    write(reports / "_quarto.yml", yaml.safe_dump(settings, allow_unicode=True))
    with pytest.raises(PublishingError, match="_quarto.yml: ключ «filters»: поддерживается только _assets/plain.lua"):
        run(reports)


def test_broken_yaml_names_its_line(reports: Path):
    write(reports / DOCUMENT, "---\ntitle: а\nsubtitle: [\n---\n")
    with pytest.raises(PublishingError, match="annual-report-2021.qmd, строка 3"):
        run(reports, [DOCUMENT], ["html"])


def test_a_document_that_is_not_utf_8(reports: Path):
    (reports / "_parts" / "annual.qmd").write_bytes("Главное".encode("cp1251"))
    with pytest.raises(PublishingError, match="_parts/annual.qmd: файл не в кодировке UTF-8"):
        run(reports, [DOCUMENT], ["html"])


def test_the_real_project_file_is_supported():
    assert read_project(REPORTS).get("lang") == "ru"


@pytest.mark.parametrize("missing", ["_quarto.yml", DOCUMENT])
def test_a_missing_file_is_named(reports: Path, missing: str):
    (reports / missing).unlink()
    with pytest.raises(PublishingError, match=missing.split("/")[-1]):
        run(reports, [DOCUMENT], ["html"])


def test_a_dead_link_of_a_page_stops_the_run(reports: Path):
    assert "annual-report-2021.html: ссылка ведёт к файлу, которого на сайте нет: data/нет.csv" in _refusal(
        reports, "[данные](data/нет.csv)"
    ).replace("%D0%BD%D0%B5%D1%82", "нет")


def test_a_typesetter_that_dies_is_told_in_a_sentence(reports: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("analysis.publishing.engines._TYPST", "import os; os._exit(9)")
    assert _refusal(reports, "текст", "pdf") == (
        "2021/annual-report-2021.qmd, pdf: программа прервана (код 9): проверьте, хватает ли памяти, и повторите."
    )


def test_a_format_that_fails_after_another_was_written_is_told(reports: Path, monkeypatch: pytest.MonkeyPatch):
    """The paper is being finished already when the web page turns out to be impossible."""
    told, finished = engines._writing, []

    def broken(page, kind, target, site):
        return told(page, kind, target, site) | ({"template": "$if("} if kind == "html" else {})

    def compiled(page, draft, site):
        finished.append(draft.is_file())
        return {output_name(page.name, "pdf"): []}

    monkeypatch.setattr(engines, "_writing", broken)
    monkeypatch.setattr(engines, "_compile", compiled)
    write(reports / DOCUMENT, FRONT + "текст\n")
    with pytest.raises(PublishingError, match=DOCUMENT):
        run(reports, [DOCUMENT], ["html", "pdf"])
    assert finished == [True]
    assert not (reports / "_site").exists()


def test_what_the_typesetter_refuses_is_told(reports: Path):
    (reports / "_assets/paper.typ").write_text('#panic("краски нет")', encoding="utf-8")
    assert _refusal(reports, "текст", "pdf") == "2021/annual-report-2021.qmd, pdf: panicked with: краски нет"
