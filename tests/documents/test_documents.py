"""The documents as their readers get them: what stands where, what is marked, what is never said."""

import re
import shutil
from dataclasses import replace
from datetime import date

import docx
import pandas as pd
import pypdf
import pytest

from analysis.documents import packs, run
from analysis.documents.city_documents import contests_note, courses_request, selection_note
from analysis.documents.material import Key, Reply
from analysis.documents.meeting import meeting_brief
from analysis.documents.school_note import _own, _pupils
from analysis.documents.staging import LISTED, Batch, Document, publish_documents
from analysis.errors import AnalysisError
from analysis.files.memory import SILENT
from analysis.presentation.shares import VPR_NOTICE
from analysis.rules.documents import (
    CONTESTS,
    COURSES,
    MEETING,
    SCHOOL_NOTE,
    SELECTION,
    Attachment,
    DocumentRows,
    Settings,
)
from analysis.rules.written import DEFAULT_RULE
from roadmaps import HOUSE


def school_notes(material, logins):
    """The notes of some schools."""
    return packs.written(material, SCHOOL_NOTE.id, logins)


PARTS = ["Факт", "Вывод", "Гипотеза", "Решение"]
MADE = {
    SCHOOL_NOTE: lambda material: school_notes(material, ["edu000001"])[0],
    SELECTION: selection_note,
    MEETING: meeting_brief,
    COURSES: courses_request,
    CONTESTS: contests_note,
}


REPEATED = "Два года подряд посчитаны, как велит правило, и там, где эти годы нельзя сравнивать"


def _plain(document: Document) -> str:
    return document.body.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("kind", MADE, ids=lambda kind: kind.id)
def test_fact_conclusion_hypothesis_and_decision_stand_apart(material, kind):
    text = _plain(MADE[kind](material))
    assert [head for head in re.findall(r"^# (.*)", text, re.MULTILINE) if head in PARTS] == PARTS
    assert text.count("Не записано.") == 2
    assert "nan" not in text.casefold().replace("финанс", "")
    assert "<NA>" not in text


@pytest.mark.parametrize("kind", MADE, ids=lambda kind: kind.id)
def test_what_people_wrote_stands_in_their_document_alone(material, kind):
    school = "edu000001" if kind is SCHOOL_NOTE else ""
    written = replace(material, decisions={Key(kind.id, school, "Решение"): "Направить тьютора"})
    with_it = [one for one, make in MADE.items() if "Направить тьютора" in make(written).body]
    assert with_it == [kind]


def test_a_school_reads_about_itself_and_no_other(material):
    text = _plain(school_notes(material, ["edu000001"])[0])
    assert "ВПР, русский язык за 5 класс | 20 из 30 (67 %) |" in text
    assert "Лицей" not in text
    assert "edu000003" not in text
    assert "1.3 |" in text
    assert VPR_NOTICE in text
    assert (
        "Доля не справившихся почти наверняка не меньше порога 30 % (правило по умолчанию, не утверждено управлением)"
        in text
    )


def test_a_school_that_sent_nothing_is_said_to_have_sent_nothing(material):
    text = _plain(school_notes(material, ["edu000002"])[0])
    assert "Сведений о результатах процедур за этот год нет." in text
    assert "нет сведений — 1" in text
    assert "Недостаточно данных, школа этого не сообщила: результаты процедур," in text
    assert VPR_NOTICE not in text


def test_the_reply_of_a_school_stands_in_its_note_with_day_and_post(material):
    replied = replace(material, replies={"edu000001": Reply(date(2022, 2, 15), "директор", "Не согласны\\.")})
    first, second = (_plain(one) for one in school_notes(replied, ["edu000001", "edu000002"]))
    assert "Директор, 15 февраля 2022 г.:\n\nНе согласны." in first
    assert "Ответа школы на день выпуска справки нет." in second


def test_rows_of_the_roadmap_are_cited_and_must_exist(material):
    cited = replace(material, settings=Settings((DocumentRows("school-note", ("3.3", "4.12")),)))
    assert "Составлено по мероприятиям 3.3 и 4.12 «дорожной карты»." in _plain(MADE[SCHOOL_NOTE](cited))
    with pytest.raises(AnalysisError, match=r"мероприятия 9\.9 в «дорожной карте» нет"):
        MADE[SCHOOL_NOTE](replace(material, settings=Settings((DocumentRows("school-note", ("9.9",)),))))


def test_the_city_beside_a_school_says_of_how_many_schools(material):
    (note,) = school_notes(material, ["edu000001"])
    said = "Город — не все школы реестра, а те, от кого есть сведения: 2 из 3 — "
    for table in ("low", "deficits"):
        assert said in _plain(note).split(f"{{#tbl-{table}}}")[1].partition("\n|")[0]


def test_the_small_print_of_the_brief_stands_in_small_letters(material):
    text = _plain(meeting_brief(material))
    assert text.rindex("::: {.table-note}") > text.index("# Решение")
    assert f"::: {{.table-note}}\n{VPR_NOTICE}" in text
    assert "callout" not in text


def test_selection_says_where_two_years_in_a_row_do_not_compare(material):
    hits = material.edition.tables["selection_hits"]
    now = hits[hits["is_low"] == "да"]
    then = now.assign(calendar_year=2020, wave="осень")
    both = {**material.edition.tables, "selection_hits": pd.concat([hits, then])}
    with_both = replace(material, edition=replace(material.edition, tables=both))
    assert len(now)
    assert REPEATED not in _plain(selection_note(material))
    text = _plain(selection_note(with_both))
    assert f"{REPEATED} (разрыв сопоставимости): ВПР: 2020 год — осень, программа предыдущего класса; 2021" in text


def test_selection_prints_every_rule_as_a_default_and_no_ranking(material):
    text = _plain(selection_note(material))
    assert text.count(f"— {DEFAULT_RULE}") == 2
    assert "рейтинга нет" in text
    assert f"**Низких процедур два года подряд не меньше заданного — {DEFAULT_RULE}**" in text


def test_what_two_rules_say_alike_is_said_once(material):
    text = _plain(selection_note(material))
    rows = [line for line in text.splitlines() if line.startswith("| все правила |")]
    assert [line for line in rows if "| Школа № 1 | 2 из 2; ожидалось " in line]
    assert len(rows) == len(set(rows)) > 2
    assert text.count("По правилам отбора (их 2) в список не попадает ни одна школа") == 1


def test_a_rule_whose_threshold_parts_nothing_is_said_not_to_be_applied(material):
    edition = material.edition
    methods = replace(edition.methods, rules=tuple(replace(rule, threshold=0.0) for rule in edition.methods.rules))
    text = _plain(selection_note(replace(material, edition=replace(edition, methods=methods))))
    assert text.count("не применено: порог 0 или 1 ничего не отделяет.") == 2
    assert "#tbl-" not in text


def _social(own, city, name="low_income_share"):
    return {"indicator_id": name, "school_login": "edu000001", "calendar_year": 2021, "numerator": own * 2,
            "denominator": 200, "value": own / 100, "city_value": city, "aspect": None, "procedure": None,
            "wave": None, "subject": None, "programme_grade": None}  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [_social(39, 0.16), _social(10, 0.42, "parents_higher_education_share")],
            "В школе 200 обучающихся. Больше всего процентных пунктов до города — «Оба родителя с высшим образованием»:"
            " 20 из 200 (10 %), в городе 42 % (@tbl-social).",
        ),
        ([_social(39, 0.39)], "В школе 200 обучающихся (@tbl-social)."),
        ([_social(39, None)], "В школе 200 обучающихся (@tbl-social)."),
    ],
    ids=["below the city", "alone in the city", "no city"],
)
def test_what_differs_most_from_the_city_may_be_less_than_there(material, rows, said):
    edition = material.edition
    one = replace(material, edition=replace(edition, tables=dict(edition.tables, school_indicators=pd.DataFrame(rows))))
    assert [fact.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ") for fact in _pupils(one, "edu000001")] == [said]


def test_own_measures_are_told_apart(material):
    rows = pd.DataFrame(
        {"school_login": "edu000001", "calendar_year": 2021, "planned_count": [2, 2, 2, None],
         "done_count": [2, 1, None, 3]}
    ).astype({"planned_count": "Int64", "done_count": "Int64"})  # fmt: skip
    edition = material.edition
    one = replace(material, edition=replace(edition, tables=dict(edition.tables, school_measures=rows)))
    said = "4 меры: сделано не меньше плана — 1, меньше плана — 1, сведений нет — 2 (@tbl-own)."
    assert list(_own(one, "edu000001")) == [f"В собственной «дорожной карте» {said}"]


def test_topics_of_courses_with_their_uncertainty(material):
    text = _plain(courses_request(material))
    assert "Оценивание | 36 из 40 | 90 % |" in text
    assert "| 2 из 2 | 1–1 | более 99 % |" in text
    assert "Код таблицы: tbl-training@2021-internal" in text
    assert "Школа № 1: нет данных." in text  # nothing was said about itself


def test_contests_tell_teachers_from_pupils(material):
    text = _plain(contests_note(material))
    assert "О конкурсах сообщили 2 школы из 3." in text
    assert "Педагоги: участий — 5, победителей и призёров — 1." in text
    assert "Обучающиеся: участий — 9, победителей и призёров — 4." in text
    assert "Недостаточно данных, о конкурсах не сообщили: Школа № 2." in text


def test_the_brief_says_who_owes_what(material):
    text = _plain(meeting_brief(material))
    assert "Школа № 2: нет сведений — 1.3" in text
    assert "- **Школа № 1.** Отвечает за 1 показатель: выполнено — 0; «сообщено, документов нет» — 1." in text
    assert "Задача 1 | 4 |" in text


@pytest.fixture
def project(material, tmp_path):
    for name in ("_assets", "styles.css", "_quarto.yml"):
        source, target = HOUSE / "reports" / name, tmp_path / "reports" / name
        target.parent.mkdir(exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)
    return replace(material.edition.project, root=tmp_path, invented=True)


def _publish(project, one, kind, attachment=None, formats=("pdf",)):
    return _make(Batch(project, 2021, kind, [one], attachment), [one], formats)


def _make(batch, asked, formats):
    return publish_documents(batch, asked, formats, "builtin", date(2022, 1, 31), SILENT)


def test_the_brief_is_attached_to_minutes_on_its_first_page_alone(material, project):
    long = meeting_brief(material)
    long = long._replace(body=long.body + "\n\nСтрока.\n" * 12)
    minutes = Attachment("2", date(2021, 12, 28), "5-к")
    pdf, word = _publish(project, long, MEETING, minutes, ("pdf", "docx"))
    assert pdf == project.root / "output/documents/2021/meeting/city/meeting-brief-2021.pdf"
    first, second = (page.extract_text().replace("\N{NO-BREAK SPACE}", " ") for page in pypdf.PdfReader(pdf).pages)
    assert "Приложение № 2" in first
    assert "к протоколу от 28 декабря 2021 г. № 5-к" in first
    assert "Приложение" not in second
    assert second.lstrip().startswith("2")
    for page in (first, second):
        assert "Сведения вымышлены. Для служебного пользования" in page
    section = docx.Document(str(word)).sections[-1]
    assert [one.text.replace("\N{NO-BREAK SPACE}", " ") for one in section.first_page_header.paragraphs] == [
        "Приложение № 2",
        "к протоколу от 28 декабря 2021 г. № 5-к",
    ]
    assert "Приложение" not in "".join(one.text for one in section.header.paragraphs)
    assert [one.text for one in section.footer.paragraphs] == ["Для служебного пользования"]


def test_a_brief_of_three_pages_is_refused_with_what_to_do(material, project):
    long = meeting_brief(material)
    with pytest.raises(AnalysisError, match="pdf: справка длиннее двух страниц; сократите"):
        _publish(project, long._replace(body=long.body + "\n\nСтрока.\n" * 120), MEETING)


def test_a_brief_that_is_refused_does_not_stop_the_other_documents(material, project, monkeypatch):
    edition, brief = replace(material.edition, project=project), meeting_brief(material)
    long = brief._replace(body=brief.body + "\n\nСтрока.\n" * 120)
    monkeypatch.setattr(run, "gathered", lambda *_: replace(material, edition=edition))
    monkeypatch.setitem(packs.OF_THE_CITY, MEETING.id, lambda _: long)
    order = run.Order(2021, [MEETING.id, CONTESTS.id], [], ("pdf",), "builtin")
    with pytest.raises(AnalysisError) as told:
        run.make_documents(project, order, SILENT)
    assert "справка длиннее двух страниц" in str(told.value)
    assert str(told.value).endswith("\nОстальные документы записаны.")
    folder = project.root / "output/documents/2021"
    assert [path.name for path in folder.rglob("*.pdf")] == ["contests-note-2021.pdf"]


def test_what_an_earlier_run_left_is_listed_once_it_would_say_something_else(material, project, monkeypatch):
    def make(kinds, schools=(), **written):
        edition = replace(material.edition, project=project)
        monkeypatch.setattr(run, "gathered", lambda *_: replace(material, edition=edition, **written))
        order = run.Order(2021, kinds, schools, ("html",), "builtin")
        return run.make_documents(project, order, SILENT).outdated

    folder = project.root / "output/documents/2021"
    changed = {Key("selection", "", "Решение"): "Новое", Key("school-note", "edu000001", "Гипотеза"): "Новая"}
    assert make(["school-note", "selection"]) == make(["contests"]) == []
    assert not (folder / LISTED).exists()
    old = make(["contests"], decisions=changed)
    assert [path.relative_to(folder).as_posix() for path in old] == [
        "school-note/edu000001/analytic-note-2021-edu000001.html",
        "selection/city/selection-note-2021.html",
    ]
    listed = (folder / LISTED).read_text(encoding="utf-8-sig")
    assert "  selection/city/selection-note-2021.html\n" in listed
    assert "analysis documents 2021 --kind selection\n  analysis documents 2021 --school edu000001\n" in listed
    assert make(["selection"], decisions=changed) == old[:1]
    assert make([], ["edu000001"], decisions=changed) == []
    assert not (folder / LISTED).exists()


def test_the_other_notes_stay_when_one_is_made(material, project):
    first, second = school_notes(material, ["edu000001", "edu000002"])
    for asked in ([first], [second]):
        _make(Batch(project, 2021, SCHOOL_NOTE, [first, second], None), asked, ("html",))
    site = project.root / "output/documents/2021/school-note"
    page = (site / "index.html").read_text(encoding="utf-8")
    for one in (first, second):
        assert (site / one.folder / f"{one.name}.html").is_file()
        assert f'href="{one.folder}/{one.name}.html"' in page
        assert f"{one.name}.pdf" not in page  # not made: no dead link
    note = (site / first.folder / f"{first.name}.html").read_text(encoding="utf-8")
    assert note.count("Для служебного пользования") >= 2


@pytest.mark.parametrize("kind", MADE, ids=lambda kind: kind.id)
def test_every_table_says_what_to_ask_explain_for_and_the_code_has_numbers(material, kind):
    text = _plain(MADE[kind](material))
    codes = re.findall(rf"`analysis explain ([^`/ ]+)/([^`@ ]+)@{material.year}`", text)
    assert all(material.of(login, indicator) for login, indicator in codes)
    if kind is SCHOOL_NOTE:
        assert len(codes) == 1  # one quiet line at the end: the note fits three pages
    else:
        named = re.findall(r"\{#(tbl-[\w-]+)\}", text)
        assert named or kind is CONTESTS  # no table of groups was made here
        assert [one for one in named if f"Код таблицы: {one}@2021-internal" not in text] == []


def test_the_report_for_the_office_has_the_note_of_each_supported_school_as_a_page(material, tmp_path, monkeypatch):
    (tmp_path / "2021").mkdir()
    monkeypatch.setattr(run, "gathered", lambda *_: material)
    monkeypatch.setattr(run, "read_manifest", lambda _: {"tables": {"schools": ""}})
    made = run.write_school_pages(material.edition.project, tmp_path, [2021])
    assert made == ["2021/school-2021-edu000001.qmd", "2021/school-2021-edu000002.qmd"]
    for path, note in zip(made, school_notes(material, ["edu000001", "edu000002"]), strict=True):
        front, body = (tmp_path / path).read_text(encoding="utf-8").removeprefix("---\n").split("\n---\n", 1)
        assert f"title: '{note.title}'" in front
        assert "Для служебного пользования" in front
        assert "toc: false\nnumber-sections: false" in front  # or the same text would take more pages
        assert body.strip() == note.body
    monkeypatch.setattr(run, "read_manifest", lambda _: {})
    assert run.write_school_pages(material.edition.project, tmp_path, [2021]) == []
