"""A report whose sources were copied by an older version is told how to renew them, not that a link leads nowhere."""

import pytest

from analysis.errors import AnalysisError
from analysis.presentation.place import refuse_lost_references, refuse_without_annex

DOCUMENT = "2021/annual-report-2021.qmd"
SUMMARY = 'Текст.\n\n```{python}\n#| output: asis\nplace(f"{year}/summary")\n```\n'
QUALITY = '```{python}\n#| output: asis\nplace(f"{year}/quality")\n```\n'


def reports_with(folder, annual, summary):
    """Report sources of one year whose build has made the pieces summary, quality and passport."""
    content = folder / "2021/_content"
    content.mkdir(parents=True)
    (folder / "_parts").mkdir()
    (folder / "_parts/annual.qmd").write_text(annual, encoding="utf-8")
    (folder / DOCUMENT).write_text("---\ntitle: x\n---\n\n{{< include ../_parts/annual.qmd >}}\n", encoding="utf-8")
    (content / "summary.md").write_text(summary, encoding="utf-8")
    (content / "quality.md").write_text("| |\n|-|\n\n: Полнота {#tbl-completeness}\n", encoding="utf-8")
    (content / "passport.md").write_text("| |\n|-|\n\n: Паспорт {#tbl-passport}\n", encoding="utf-8")
    return folder


def test_a_report_without_its_annex_is_told_how_to_renew_its_sources(tmp_path):
    reports = reports_with(tmp_path / "reports", SUMMARY, "Текст.")
    with pytest.raises(AnalysisError, match=r"^reports/2021/annex-2021.qmd: .*analysis new"):
        refuse_without_annex(reports, [DOCUMENT, "2021/annex-2021.qmd"])
    (reports / "2021/annex-2021.qmd").write_text("", encoding="utf-8")
    refuse_without_annex(reports, [DOCUMENT, "2021/annex-2021.qmd"])


def test_a_chain_that_numbers_lead_to_is_asked_for(tmp_path):
    reports = reports_with(tmp_path / "reports", SUMMARY, "Принято [3](#chain-1-1).")
    (reports / "2021/_content/chains.md").write_text("### 1.1 {#chain-1-1 .unnumbered}\n", encoding="utf-8")
    with pytest.raises(AnalysisError, match=r'place\(f"\{year\}/chains"\)'):
        refuse_lost_references(reports, [DOCUMENT])


def test_a_piece_that_is_referred_to_and_not_placed_is_named_with_its_cell(tmp_path):
    reports = reports_with(tmp_path / "reports", SUMMARY, "Прислали 2 из 3 (@tbl-completeness).")
    with pytest.raises(AnalysisError) as refused:
        refuse_lost_references(reports, [DOCUMENT])
    said = str(refused.value)
    assert said.startswith("reports/2021/annual-report-2021.qmd: ")
    assert 'place(f"{year}/quality")' in said
    assert "analysis new" in said
    assert "passport" not in said


@pytest.mark.parametrize(
    ("annual", "summary"),
    [(SUMMARY + QUALITY, "Прислали 2 из 3 (@tbl-completeness)."), (SUMMARY, "Ссылок нет.")],
    ids=["placed", "left out by choice"],
)
def test_a_report_that_refers_to_what_it_places_is_published(tmp_path, annual, summary):
    refuse_lost_references(reports_with(tmp_path / "reports", annual, summary), [DOCUMENT])
