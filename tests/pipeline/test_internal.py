"""The marks of an internal report of an invented project: both, on every page of PDF and Word."""

import docx

from analysis.pipeline.written import _copy_sources
from analysis.rules.config import OFFICE_ONLY
from analysis.starter import NewProject, report_sources, write_files


def test_invented_data_stay_marked_in_the_internal_report(tmp_path):
    write_files(tmp_path, report_sources(NewProject("город", "УО", [2021], invented=True)))
    _copy_sources(tmp_path / "reports", tmp_path / "internal", invented=True)
    paper = (tmp_path / "internal/_assets/paper.typ").read_text(encoding="utf-8")
    assert paper.rstrip().splitlines()[-1].count(f"[Сведения вымышлены. {OFFICE_ONLY}]") == 1
    section = docx.Document(str(tmp_path / "internal/_assets/reference.docx")).sections[-1]
    for foot in (section.first_page_footer, section.footer):
        assert [one.text for one in foot.paragraphs] == ["Сведения вымышлены", OFFICE_ONLY]
    edition = (tmp_path / "internal/2021/annual-report-2021.qmd").read_text(encoding="utf-8")
    assert f"Сведения вымышлены. {OFFICE_ONLY}" in edition


def test_the_mark_of_a_real_project_is_alone(tmp_path):
    write_files(tmp_path, report_sources(NewProject("город", "УО", [2021])))
    _copy_sources(tmp_path / "reports", tmp_path / "internal", invented=False)
    assert "вымышлен" not in (tmp_path / "internal/_assets/paper.typ").read_text(encoding="utf-8").casefold()
