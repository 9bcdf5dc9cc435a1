"""Forms go out, come back filled by people, are checked, counted and explained: on the real roadmap, in a copy."""

import io
import shutil
from datetime import datetime
from pathlib import Path

import docx
import openpyxl
import pypdf
import pytest
from lxml import html

from analysis.cli import main
from analysis.files.storage import read_table
from town_projects import house_that_collects

VERDICT = (12, 13, 14)  # decision, who, day
SCHOOLS = [("edu000001", "Школа А"), ("edu000002", "Школа Б"), ("edu000003", "Школа В")]


@pytest.fixture(scope="module")
def office_at_first(tmp_path_factory):
    """The project, for one edition, with a registry of three invented schools, of which the first two are supported."""
    house = house_that_collects(tmp_path_factory.mktemp("office"), "[2021]")
    assert main(["--project", str(house), "forms", "2021"]) == 0
    book = openpyxl.load_workbook(house / "output/forms/2021/registry.xlsx")
    for row, (login, name) in enumerate(SCHOOLS, start=2):
        book["Школы"].cell(row, 1).value = login
        book["Школы"].cell(row, 4).value = name
    for row, (login, _) in enumerate(SCHOOLS, start=2):
        for column, value in enumerate((login, "2021/22", "ШНОР" if row < 4 else "нет"), start=1):
            book["Статус"].cell(row, column).value = value
    book.save(house / "registry_from_mail.xlsx")
    registry = str(house / "registry_from_mail.xlsx")
    assert main(["--project", str(house), "receive", registry, "--received", "2021-12-01"]) == 0
    assert main(["--project", str(house), "forms", "2021"]) == 0
    return house


@pytest.fixture
def office(office_at_first, tmp_path):
    """A copy of it that a test may change."""
    return shutil.copytree(office_at_first, tmp_path / "office")


def _fill(office, reporter, facts, evidence=(), name="from_mail.xlsx", spoil=None):
    """Fills a form as a person would and returns where it was saved."""
    book = openpyxl.load_workbook(office / f"output/forms/2021/2021_{reporter}.xlsx")
    sheet = book["Исполнение"]
    rows = {sheet.cell(row, 1).value: row for row in range(2, sheet.max_row + 1)}
    for label, fact in facts.items():
        sheet.cell(rows[label], 5).value = fact
    for row, line in enumerate(evidence, start=2):
        for column, value in enumerate(line, start=1):
            book["Подтверждения"].cell(row, column).value = value
    if spoil:
        spoil(book)
    path = office / name
    book.save(path)
    return str(path)


def _receive(office, run, *paths, day="2022-01-20"):
    return run(office, "receive", *paths, "--received", day)


def _plan_fact(office, label, year=2021):
    rows = read_table(office, "plan_fact")
    return rows[(rows["measure_label"] == label) & (rows["calendar_year"] == year)].iloc[0]


PROTOCOLS = [("1.4", "протокол", "1", "10.02.2021", None, 1), ("1.4", "протокол", "2", "15.09.2021", None, 1)]


def test_forms_ask_each_reporter_for_what_names_it(office):
    folder = office / "output/forms/2021"
    assert sorted(path.name for path in folder.glob("2021_*.xlsx")) == sorted(
        f"2021_{name}.xlsx" for name in ("УО", "ИМО", *(login for login, _ in SCHOOLS))
    )
    school = openpyxl.load_workbook(folder / "2021_edu000001.xlsx")
    labels = [cell.value for cell in school["Исполнение"]["A"]][1:]
    assert labels == ["1.3", "1.4", "2.3", "3.1", "4.7", "4.8", "4.10"]
    targets = {row[0].value: row[2].value for row in school["Исполнение"].iter_rows(min_row=2)}
    assert targets["1.3"] == "2 на город; доля школы не установлена"
    unsupported = openpyxl.load_workbook(folder / "2021_edu000003.xlsx")
    assert [cell.value for cell in unsupported["Исполнение"]["A"]] == ["№", None]
    assert "в 2021 году не участвует" in unsupported["Исполнение"]["B2"].value
    assert unsupported["Исполнение"]["E2"].protection.locked
    assert "в 2021 году не участвует" in unsupported["Как заполнить"]["A2"].value


def test_the_form_of_a_school_that_is_not_supported_comes_back_without_findings(office, run):
    _receive(office, run, _fill(office, "edu000003", {}))
    assert "form_edu000003" not in run(office, "check")[1]


def test_a_reporter_whom_nothing_names_gets_no_form_but_a_line_that_says_why(office, run):
    project = office / "project.toml"
    text = project.read_text(encoding="utf-8").replace('["УО", "ИМО"]', '["УО", "ИМО", "Совет"]')
    project.write_text(text, encoding="utf-8")
    code, out, _ = run(office, "forms", "2021")
    assert (code, "Совет: формы нет" in out) == (0, True)
    assert not (office / "output/forms/2021/2021_Совет.xlsx").exists()


def test_a_decision_needs_no_other_file(office, run):
    dated = ("1.4", "протокол", "2", "15.09.2021", "protokol.pdf", 1)
    _receive(office, run, _fill(office, "edu000001", {"1.4": 2}, [dated, ("1.3", "план", "7", None, None, 1)]))
    assert run(office, "forms", "2021")[0] == 0
    sheet = openpyxl.load_workbook(office / "output/forms/2021/2021_acceptance.xlsx")["Рассмотрение"]
    rows = [[cell.value for cell in row[1:11]] for row in sheet.iter_rows(min_row=2)]
    assert rows[0].pop(1).endswith("по реализации Программы. Результат: Протоколы совещания")
    came, day = datetime(2022, 1, 20), datetime(2021, 9, 15)
    assert rows[0] == ["1.4", "Школа А (edu000001)", 2, 1, "протокол", "2", day, "protokol.pdf", came]
    assert rows[1][2:] == ["Школа А (edu000001)", "не указан", 1, "план", "7", None, None, came]
    assert [sheet["K2"].number_format, sheet["E2"].number_format] == ["dd.mm.yyyy", "0"]


def test_a_workbook_filled_in_where_it_lay_is_not_written_anew(office, run):
    path = office / "output/forms/2021/2021_УО.xlsx"
    blank = path.read_bytes()
    _fill(office, "УО", {"1.4": 2}, name="output/forms/2021/2021_УО.xlsx")
    (office / "output/forms/2021/2021_ИМО.xlsx").write_bytes(b"PK")
    filled = path.read_bytes()
    code, out, _ = run(office, "forms", "2021")
    assert (code, path.read_bytes() == filled, filled == blank) == (0, True, False)
    kept = [line.split(": ")[0] for line in out.splitlines() if "оставлена как есть" in line]
    assert [Path(line).name for line in kept] == ["2021_УО.xlsx", "2021_ИМО.xlsx"]
    path.unlink()
    assert run(office, "forms", "2021")[0] == 0
    assert path.read_bytes() == blank


def test_a_form_is_protected_but_for_its_inputs(office):
    book = openpyxl.load_workbook(office / "output/forms/2021/2021_УО.xlsx")
    sheet = book["Исполнение"]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert [cell.protection.locked for cell in sheet[2]] == [True] * 4 + [False] * 3
    assert sheet.freeze_panes == "A2"
    kinds = {rule.type for rule in book["Подтверждения"].data_validations.dataValidation}
    assert kinds >= {"list", "date", "whole"}
    assert book["_форма"].sheet_state == "veryHidden"


def test_a_form_comes_back_and_is_counted(office, run):
    code, out, err = _receive(office, run, _fill(office, "УО", {"1.4": 2, "1.1": 2}, PROTOCOLS))
    assert (code, err) == (0, "")
    assert "data/raw/2021/form_УО_v1.xlsx" in out
    assert run(office, "build")[0] == 0
    row = _plan_fact(office, "1.4")
    assert (row["reported_count"], row["documented_count"], row["accepted_count"]) == (2, 2, 0)
    assert row["status"] == "на рассмотрении"
    assert _plan_fact(office, "4.12")["status"] == "нет сведений"


def test_accepted_evidence_makes_it_done_and_a_changed_one_lapses(office, run):
    _receive(office, run, _fill(office, "УО", {"1.4": 2}, PROTOCOLS))
    assert run(office, "forms", "2021")[0] == 0
    book = openpyxl.load_workbook(office / "output/forms/2021/2021_acceptance.xlsx")
    for row in (2, 3):
        for column, value in zip(VERDICT, ("принято", "Начальник УО", "25.01.2022"), strict=False):
            book["Рассмотрение"].cell(row, column).value = value
    book.save(office / "verdicts.xlsx")
    assert _receive(office, run, str(office / "verdicts.xlsx"), day="2022-01-25")[0] == 0
    assert run(office, "build")[0] == 0
    assert _plan_fact(office, "1.4")["status"] == "выполнено"
    changed = [PROTOCOLS[0], ("1.4", "протокол", "2а", "15.09.2021", None, 1)]
    code, out, _ = _receive(office, run, _fill(office, "УО", {"1.4": 2}, changed, "second.xlsx"), day="2022-01-28")
    assert "заменяет data/raw/2021/form_УО_v1.xlsx" in out
    assert run(office, "build")[0] == 0
    row = _plan_fact(office, "1.4")
    assert (row["accepted_count"], row["status"]) == (1, "на рассмотрении")
    assert read_table(office, "received_forms")["form_state"].tolist() == ["заменена", "вошла в отчёт"]
    assert "утратило силу" in run(office, "check")[1]
    assert (office / "data/raw/2021/form_УО_v1.xlsx").is_file()


def test_schools_are_added_and_a_missing_one_is_a_bound(office, run):
    _receive(office, run, _fill(office, "edu000001", {"1.3": 1}))
    assert run(office, "build")[0] == 0
    row = _plan_fact(office, "1.3")
    assert (row["reported_count"], row["missing_reporters"]) == (1, "edu000002")
    (office / "data/reporting.toml").write_text(
        '[[report]]\nactivity = "1.3"\nmeasure = 1\nreporters = ["ОО"]\nunit = "school"\nshare = 1\n'
        'basis = "приказ № 1"\nwho = "аналитик"\n',
        encoding="utf-8",
    )
    assert run(office, "build")[0] == 0
    row = _plan_fact(office, "1.3")
    assert (row["reported_lower_count"], row["reported_upper_count"]) == (1, 2)


@pytest.mark.parametrize("written", ["2", "2,0", " 2 ", "2\N{NO-BREAK SPACE}", 2.0])
def test_what_people_do_to_numbers_is_read(office, run, written):
    _receive(office, run, _fill(office, "УО", {"1.4": written}))
    assert run(office, "build")[0] == 0
    assert _plan_fact(office, "1.4")["reported_count"] == 2


def test_moved_rows_and_a_renamed_sheet_are_read(office, run):
    def _spoil(book):
        sheet = book["Исполнение"]
        sheet.title = "Лист1"
        sheet.insert_rows(1, 2)
        sheet.insert_rows(6)

    _receive(office, run, _fill(office, "УО", {"1.4": 2}, spoil=_spoil))
    assert run(office, "build")[0] == 0
    assert _plan_fact(office, "1.4")["reported_count"] == 2


@pytest.mark.parametrize(
    ("label", "written", "said"),
    [("1.4", "2-3", "2-3"), ("1.4", "много", "много"), ("1.4", 2.5, "2.5"), ("1.4", -1, "-1")],
)
def test_what_changes_the_meaning_blocks_with_its_cell(office, run, label, written, said):
    _receive(office, run, _fill(office, "УО", {label: written}))
    code, out, _ = run(office, "check")
    assert code == 1
    assert "лист Исполнение, ячейка E" in out
    assert said in out


def test_one_word_in_many_cells_of_a_form_is_one_question(office, run):
    def _spoil(book):
        for address in ("B2", "B3", "B4"):
            book["Контингент"][address].value = "Нет"
        book["Кадры"]["C2"].value = "—"
        for row in (2, 3):
            book["Исполнение"].cell(row, 5).value = "нет"

    _receive(office, run, _fill(office, "edu000001", {}, spoil=_spoil))
    code, out, _ = run(office, "check")
    asked = [line for line in out.splitlines() if "Пусто или ноль?" in line]
    (place,) = [line for line in out.splitlines() if "лист Контингент, ячейка B2" in line]
    assert (code, len(asked)) == (1, 1)
    cells = ["лист Исполнение, ячейка E2", "лист Исполнение, ячейка E3", "лист Контингент, ячейка B2"]
    cells += ["лист Контингент, ячейка B3", "лист Контингент, ячейка B4", "лист Кадры, ячейка C2"]
    assert place.strip() == f"data/raw/2021/form_edu000001_v1.xlsx: {'; '.join(cells)}"
    run(office, "check", "--annotate")
    book = openpyxl.load_workbook(office / "output/annotated/2021/form_edu000001_v1.xlsx")
    assert all(book["Контингент"][address].comment for address in ("B2", "B3", "B4"))


def test_one_bad_file_does_not_hide_the_findings_of_another(office, run):
    _receive(office, run, _fill(office, "УО", {"1.4": "много"}, name="a.xlsx"))
    _receive(office, run, _fill(office, "ИМО", {"4.12": "тоже"}, name="b.xlsx"))
    (office / "data/raw/2021/form_УО_v1.xlsx").write_bytes(b"PK")
    out = run(office, "check")[1]
    assert "form_УО_v1.xlsx: весь файл" in out
    assert "тоже" in out


def test_a_correction_unblocks_a_cell(office, run):
    _receive(office, run, _fill(office, "УО", {"1.4": "два"}))
    out = run(office, "check")[1]
    address = next(line for line in out.splitlines() if "ячейка E" in line).split(": ", 1)[1]
    (office / "data/corrections.toml").write_text(
        f'[[correction]]\nfile = "data/raw/2021/form_УО_v1.xlsx"\naddress = "{address}"\nexpected = "два"\nnew = "2"\n'
        'reason = "по телефону"\nwho = "аналитик"\ndate = 2022-01-21\n',
        encoding="utf-8",
    )
    assert run(office, "build")[0] == 0
    assert _plan_fact(office, "1.4")["reported_count"] == 2


def test_a_late_form_is_not_counted(office, run):
    _receive(office, run, _fill(office, "УО", {"1.4": 2}), day="2022-02-01")
    assert "её сведения в отчёт не вошли" in run(office, "check")[1]
    assert run(office, "build")[0] == 0
    assert _plan_fact(office, "1.4")["status"] == "нет сведений"


def _another(identity, value):
    def _spoil(book):
        for row in book["_форма"].iter_rows():
            if row[0].value == identity:
                row[1].value = value

    return _spoil


@pytest.mark.parametrize(
    ("identity", "value", "said"),
    [
        ("project", "другой город", "другого проекта"),
        ("calendar_year", "2019", "Форма за 2019 год"),
        ("reporter", "edu999999", "нет ни в реестре"),
    ],
)
def test_a_form_of_another_project_year_or_school_is_not_taken(office, run, identity, value, said):
    code, _, err = _receive(office, run, _fill(office, "УО", {"1.4": 2}, spoil=_another(identity, value)))
    assert (code, said in err) == (1, True)
    assert not list((office / "data/raw/2021").glob("form_*"))


def test_a_version_that_comes_late_takes_nothing_from_the_one_before(office, run):
    _receive(office, run, _fill(office, "УО", {"1.4": 2}))
    _receive(office, run, _fill(office, "УО", {"1.4": 1}, name="late.xlsx"), day="2022-03-01")
    assert "её сведения в отчёт не вошли" in run(office, "check")[1]
    assert run(office, "build")[0] == 0
    assert _plan_fact(office, "1.4")["reported_count"] == 2
    forms = read_table(office, "received_forms")
    assert forms["form_state"].tolist() == ["вошла в отчёт", "получена после срока"]


def test_nothing_received_is_ever_overwritten(office, run):
    _receive(office, run, _fill(office, "УО", {"1.4": 2}))
    first = (office / "data/raw/2021/form_УО_v1.xlsx").read_bytes()
    sources = office / "data/raw/SOURCES.toml"
    text = sources.read_text(encoding="utf-8")
    sources.write_text(text[: text.index('[[source]]\nfile = "data/raw/2021/form_УО')], encoding="utf-8")
    out = _receive(office, run, _fill(office, "УО", {"1.4": 1}, name="second.xlsx"))[1]
    assert "form_УО_v2.xlsx" in out
    assert (office / "data/raw/2021/form_УО_v1.xlsx").read_bytes() == first


def test_a_file_entered_twice_is_an_error(office, run):
    sources = office / "data/raw/SOURCES.toml"
    text = sources.read_text(encoding="utf-8")
    sources.write_text(text + "\n" + text[text.rindex("[[source]]") :], encoding="utf-8")
    code, out, _ = run(office, "check")
    assert (code, "записан дважды" in out) == (1, True)


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ([("принято", "УО", "25.01.2022"), ("возвращено", "УО", "25.01.2022")], "причина возврата"),
        ([("ок", "УО", "25.01.2022"), ("принято", "УО", "25.01.2022")], "решение из списка"),
        ([("принято", None, "25.01.2022"), ("принято", "УО", None)], "кто решил"),
    ],
)
def test_a_verdict_that_is_not_one_blocks_with_its_file(office, run, verdicts, said):
    _receive(office, run, _fill(office, "УО", {"1.4": 2}, PROTOCOLS))
    run(office, "forms", "2021")
    book = openpyxl.load_workbook(office / "output/forms/2021/2021_acceptance.xlsx")
    for row, line in enumerate(verdicts, start=2):
        for column, value in zip(VERDICT, line, strict=False):
            book["Рассмотрение"].cell(row, column).value = value
    book.save(office / "verdicts.xlsx")
    _receive(office, run, str(office / "verdicts.xlsx"))
    code, out, _ = run(office, "check")
    assert (code, said in out, "acceptance_acceptance_v1.xlsx: лист Рассмотрение" in out) == (1, True, True)


@pytest.mark.parametrize(
    ("evidence", "severity", "place"),
    [
        (("1.4", "бумажка", "1", "10.02.2021", None, 1), "ПОСМОТРИТЕ", "ячейка B2"),
        (("1.4", "Протокол", "1", "10.02.2031", None, 1), "БЛОКИРУЕТ", "ячейка D2"),
        (("1.4", "протокол", "1", "10.02.2019", None, 1), "ПОСМОТРИТЕ", "ячейка D2"),
        (("1.4", "протокол", "1", None, "javascript:alert(1)", 1), "ПОСМОТРИТЕ", "строка 2"),
        (("1.4", "протокол", "1", None, "../../x.pdf", 1), "ПОСМОТРИТЕ", "строка 2"),
    ],
)
def test_evidence_that_cannot_be_right_is_named(office, run, evidence, severity, place):
    _receive(office, run, _fill(office, "УО", {"1.4": 2}, [evidence]))
    out = run(office, "check")[1]
    assert f"form_УО_v1.xlsx: лист Подтверждения, {place}" in out
    assert ("останавливают сборку: 0" in out) == (severity == "ПОСМОТРИТЕ")


def test_the_same_bytes_are_taken_once_and_rubbish_is_refused(office, run):
    path = _fill(office, "УО", {"1.4": 2})
    assert _receive(office, run, path)[0] == 0
    code, out, _ = _receive(office, run, path)
    assert (code, "уже принят" in out) == (0, True)
    (office / "x.xlsx").write_bytes(b"")
    plain = openpyxl.Workbook()
    plain.save(office / "y.xlsx")
    code, _, err = _receive(office, run, str(office / "x.xlsx"), str(office / "y.xlsx"))
    assert code == 1
    assert err.count("Не принят") == 2


def test_a_killed_receive_is_put_right_by_the_next(office, run):
    path = _fill(office, "УО", {"1.4": 2})
    target = office / "data/raw/2021/form_УО_v1.xlsx"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)  # what a run leaves that dies before it writes the entry
    draft = target.with_name(".form_УО_v1.xlsx.a1b2c3d4")  # and what it was writing when it died
    draft.write_bytes(b"PK")
    said = run(office, "check")[1]
    assert "data/raw/2021/form_УО_v1.xlsx: весь файл" in said
    assert "не записан в data/raw/SOURCES.toml: он не читается" in said
    assert _receive(office, run, path)[0] == 0
    assert not draft.exists()
    assert "он не читается" not in run(office, "check")[1]
    assert run(office, "build")[0] == 0
    assert _plan_fact(office, "1.4")["reported_count"] == 2


def test_explain_goes_back_to_the_cell_and_its_evidence(office, run):
    _receive(office, run, _fill(office, "УО", {"1.4": 2}, PROTOCOLS))
    assert run(office, "build")[0] == 0
    code, out, _ = run(office, "explain", "1.4@2021")
    assert code == 0
    assert "data/raw/roadmap_2020-2022.txt (sha256 4dc2ef770f97…), строка 23, ячейка 6: «2»" in out
    (report,) = (line for line in out.splitlines() if "Исполнение: УО, 1.4, показатель 1, 2021 год: " in line)
    assert "Факт — 2 ← data/raw/2021/form_УО_v1.xlsx (sha256" in report
    assert "Подтверждения: УО, протокол, 1, 10.02.2021: Подтверждает — 1" in out
    assert out.count("не рассмотрено") == 2
    assert run(office, "explain", "4.1@2021")[1].count("\n  План за срок: ") == 2
    assert "Школа А" in run(office, "explain", "edu000001")[1]
    assert run(office, "explain", "9.9@2021")[0] == 1
    _, out, _ = run(office, "explain", "tbl-fact-1@2021!L5")
    assert run(office, "explain", "'tbl-fact-1@2021!L5'")[1] == out
    assert "Можно спросить" not in out
    assert "стоит: 2021" in out
    assert "лист Исполнение, ячейка E" in run(office, "explain", "tbl-fact-1@2021!S5")[1]
    assert "Таблицы отчёта за 2021 год: fig-composition" in run(office, "explain", "tbl-none@2021!A2")[2]
    assert "Выполните: analysis report --audience internal 2021" in run(office, "explain", "tbl-x@2021-internal!A2")[2]
    assert "файлы изменились" not in out
    with (office / "data/terms.toml").open("a", encoding="utf-8") as file:
        file.write("\n# правка\n")
    _, out, _ = run(office, "explain", "1.4@2021")
    assert out.splitlines()[0] == "Внимание: файлы изменились после последней сборки: выполните analysis build."


def test_the_public_site_shows_facts_and_nothing_internal(office, run):
    def _spoil(book):
        book["Исполнение"].cell(2, 7).value = "служебное примечание"

    waiting = [("1.4", "протокол", "секретный-77", "10.02.2021", None, 1)]
    _receive(office, run, _fill(office, "УО", {"1.4": 2}, waiting, spoil=_spoil))
    assert run(office, "report", "2021", "--format", "html", "--engine", "builtin")[0] == 0
    page = html.parse(office / "reports/_site/2021/annual-report-2021.html").getroot().text_content()
    assert "на рассмотрении" in page
    secrets = ("служебное примечание", "секретный-77", "form_УО_v1", "data/raw/2021", "waiting_count", "edu00000")
    secrets += ("corrections.toml", "reporting.toml")
    for path in (office / "reports/_site").rglob("*"):
        if path.is_file():
            content = _texts(path)
            for secret in secrets:
                assert secret not in content, path


def _texts(path: Path) -> str:
    if path.suffix != ".xlsx":
        return path.read_bytes().decode("utf-8", errors="replace")
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)


def test_the_internal_report_holds_everything_and_says_what_it_is(office, run):
    def _spoil(book):
        book["Исполнение"].cell(2, 7).value = "служебное примечание"

    _receive(office, run, _fill(office, "УО", {"1.4": 2}, PROTOCOLS, spoil=_spoil))
    arguments = ("report", "2021", "--engine", "builtin", "--audience", "internal")
    assert run(office, *arguments)[0] == 0
    site = office / "output/internal/_site/2021"
    page = html.parse(site / "annex-2021.html")
    text = page.getroot().text_content()
    for said in ("служебное примечание", "form_УО_v1.xlsx", "не рассмотрено", "Откуда числа"):
        assert said in text
    assert page.find(".//footer").text_content().strip().endswith("Для служебного пользования")
    link = next(link for link in page.iter("a") if link.get("href") == "#chain-1-4")
    assert link.text_content() == "1.4"
    numbers = [one.text_content() for one in page.iter("a") if one.get("href") == "#chain-1-4"]
    assert numbers[:5] == ["1.4", "2", "2", "2", "0"]  # plan, reported, documented, accepted
    assert "сообщено tbl-fact-1@2021-internal!T5" in text
    asked = run(office, "explain", "tbl-fact-1@2021-internal!T5")[1].splitlines()
    assert asked[1].strip().startswith("столбец: Сообщено")
    assert asked[2].strip() == "стоит: 2"
    for name in ("annual-report", "annex"):
        pages = pypdf.PdfReader(site / f"{name}-2021.pdf").pages
        assert all("Для служебного пользования" in one.extract_text() for one in pages)
        section = docx.Document(str(site / f"{name}-2021.docx")).sections[-1]
        for foot in (section.first_page_footer, section.footer):
            assert [one.text for one in foot.paragraphs] == ["Для служебного пользования"]
    assert not (office / "reports/_site").exists()


def test_a_faulty_form_can_be_sent_back_with_its_cells_explained(office, run):
    _receive(office, run, _fill(office, "УО", {"1.4": "много", "1.1": 2}))
    code, out, _ = run(office, "check", "--annotate")
    assert (code, "С пометками: output/annotated/2021/form_УО_v1.xlsx" in out) == (1, True)
    sent = openpyxl.load_workbook(office / "data/raw/2021/form_УО_v1.xlsx")
    marked = openpyxl.load_workbook(office / "output/annotated/2021/form_УО_v1.xlsx")
    assert marked.sheetnames == ["Что исправить", *sent.sheetnames]
    assert marked.active.title == "Что исправить"
    commented = {}
    for name in sent.sheetnames:
        assert marked[name].sheet_state == sent[name].sheet_state
        assert [[cell.value for cell in row] for row in marked[name]] == [
            [cell.value for cell in row] for row in sent[name]
        ]
        rules = [(rule.type, str(rule.sqref)) for rule in marked[name].data_validations.dataValidation]
        assert rules == [(rule.type, str(rule.sqref)) for rule in sent[name].data_validations.dataValidation]
        commented |= {cell.value: cell.comment.text for row in marked[name] for cell in row if cell.comment}
    assert "целое число" in commented["много"]
    assert (office / "data/raw/2021/form_УО_v1.xlsx").read_bytes() != (
        office / "output/annotated/2021/form_УО_v1.xlsx"
    ).read_bytes()


def test_the_reason_of_a_return_is_written_into_the_copy_for_its_reporter(office, run):
    _receive(office, run, _fill(office, "УО", {"1.4": 2}, PROTOCOLS))
    assert run(office, "forms", "2021")[0] == 0
    book = openpyxl.load_workbook(office / "output/forms/2021/2021_acceptance.xlsx")
    verdicts = [("возвращено", "Начальник УО", "25.01.2022", "нет подписи"), ("принято", "Начальник УО", "25.01.2022")]
    for row, line in enumerate(verdicts, start=2):
        for column, value in zip((*VERDICT, 15), line, strict=False):
            book["Рассмотрение"].cell(row, column).value = value
    book.save(office / "verdicts.xlsx")
    _receive(office, run, str(office / "verdicts.xlsx"), day="2022-01-25")
    code, out, _ = run(office, "check", "--annotate")
    assert (code, "нет подписи" in out) == (0, False)
    sheet = openpyxl.load_workbook(office / "output/annotated/2021/form_УО_v1.xlsx")["Подтверждения"]
    comments = {cell.coordinate: cell.comment.text for row in sheet for cell in row if cell.comment}
    assert comments == {
        "A2": "— Проверка —\nПодтверждение возвращено: нет подписи\nИсправьте и верните форму.\n— конец проверки —"
    }


def test_a_fact_moved_to_a_measure_that_the_form_does_not_ask_for_is_told(office, run):
    def _spoil(book):
        sheet = book["Исполнение"]
        row = next(number for number in range(2, sheet.max_row + 1) if sheet.cell(number, 1).value == "1.3")
        sheet.cell(row, 1).value = "1.1"

    _receive(office, run, _fill(office, "edu000001", {"1.3": 1}, spoil=_spoil), day="20.01.2022")
    assert run(office, "check")[0] == 0
    told = (office / "output/findings.txt").read_text(encoding="utf-8")
    assert "Показателя 1.1 форма «Школа А (edu000001)» не спрашивает. Не изменён ли номер в строке?" in told


@pytest.mark.parametrize("day", ["20.13.2022", "20/01/2022", "вчера"])
def test_a_day_that_is_none_is_refused(office, run, day):
    with pytest.raises(SystemExit):
        run(office, "receive", "x.xlsx", "--received", day)
