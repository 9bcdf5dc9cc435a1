"""Execution in words and tables: three invented schools over the signed roadmap, counted by hand.

Two schools are supported. In 2021 УО reported 2 for 1.4 (one document accepted, one sent back); school А reported 1.3;
school Б's form came late; ИМО has not sent any.
"""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analysis.cleaning.returns import fact_table
from analysis.indicators.quality import quality_tables
from analysis.indicators.tables import indicator_tables
from analysis.pipeline.chains import chain_words, edges_of
from analysis.pipeline.rule_files import rule_tables
from analysis.presentation import execution, main_page, progress
from analysis.presentation.chapters import sections_of
from analysis.presentation.exhibits import chains, chapter, internal_sections
from analysis.presentation.exports import for_programs, hidden_cells
from analysis.presentation.sentences import reported
from analysis.presentation.words import rows_of
from analysis.rules.config import Collection, Report
from stores import store_of

FILE = "data/raw/2021/form.xlsx"
SCHOOLS = [(FILE, "строка", login, None, None, name, None, None, None, None) for login, name in (
    ("edu000001", "Школа А"), ("edu000002", "Школа Б"), ("edu000003", "Школа В"))]  # fmt: skip
SUPPORTED = [(FILE, "строка", login, "2021/22", "ШНОР", None) for login in ("edu000001", "edu000002")]
REPORTS = [
    (FILE, "E2", "УО", "1.4", 1, 2021, None, 2, None, "служебное примечание"),
    (FILE, "E2", "edu000001", "1.3", 1, 2021, None, 1, None, None),
]
DAY = date(2021, 9, 1)
EVIDENCE = [
    (FILE, "строка", "a", "УО", "1.4", 1, 2021, None, "протокол", "1", DAY, None, 1),
    (FILE, "строка", "b", "УО", "1.4", 1, 2021, None, "протокол", "секретный-77", DAY, None, 1),
    (FILE, "строка", "c", "edu000001", "1.3", 1, 2021, None, "план", "секретный-78", DAY, None, 1),
]
VERDICTS = [
    (FILE, "строка", "a", "принято", "УО", date(2022, 1, 25), None),
    (FILE, "строка", "b", "возвращено", "УО", date(2022, 1, 26), "нет подписи"),
]
CUTOFF = date(2022, 1, 31)
FORMS = [
    (FILE, "УО", 2021, date(2022, 1, 20), CUTOFF, "вошла в отчёт"),
    (FILE + "2", "edu000001", 2021, date(2022, 1, 21), CUTOFF, "вошла в отчёт"),
    (FILE + "3", "edu000002", 2021, date(2022, 2, 5), CUTOFF, "получена после срока"),
]
SHARES = [Report("1.3", 1, ("ОО",), "school", 1, "приказ № 1", "аналитик")]


FACTS = {"schools": SCHOOLS, "school_status": SUPPORTED, "reports": REPORTS, "evidence": EVIDENCE}
FACTS |= {"acceptance": VERDICTS, "received_forms": FORMS, "school_measures": []}


@pytest.fixture(scope="module")
def city(edition_of):
    """Makes the edition of 2021 with some rows of facts in the place of those above."""
    about = edition_of(2021)
    collection = Collection(("УО", "ИМО"), "ОО")
    roadmap = replace(about.sources[0], received=date(2020, 9, 1))
    form = replace(roadmap, file=FILE, kind="form", received=date(2022, 2, 5))
    project = replace(about.project, collection=collection)

    def _make(**facts):
        rows = FACTS | facts
        tables = dict(about.tables) | {name: fact_table(name, values) for name, values in rows.items()}
        tables |= indicator_tables(tables, collection, SHARES, date(2022, 2, 5))[0]
        tables |= quality_tables(tables, collection, SHARES, (), (roadmap, form), 0.1)
        return replace(about, project=project, tables=tables, sources=(roadmap, form))

    return _make


@pytest.fixture(scope="module")
def made(city):
    """An edition of a year: with the facts above, for the public or for the office."""
    edition = city()

    def _make(year=2021, internal=False):
        return replace(edition, calendar_year=year, internal=internal)

    return _make


def _plain(text):
    return text.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def _rows(exhibit):
    lines = [line for line in _plain(exhibit.markdown).splitlines() if line.startswith("| ")]
    return [line.strip("| ").split(" | ") for line in lines[1:]]


def test_the_first_page_counts_compares_and_says_what_to_decide(made):
    edition = made()
    cards = {one.words: (one.number, one.beside) for one in main_page.cards(edition)}
    assert cards["показателей выполнено"] == ("0 из 19", "в 2020 году 0 из 6")
    assert cards["показатель ждёт решения управления"] == ("1", "дольше всех — с 20.01.2022")
    assert cards["школ прислали сведения"] == ("1 из 3", "сведения полны о 1")
    assert 4 <= len(cards) <= 6
    assert max(len(words.split()) for words in cards) <= 6
    said = [_plain(one) for one in main_page.sentences(edition)]
    assert said[0] == "Управление вернуло подтверждения; исправить их должны: УО.", "no task is behind the others"
    assert 3 <= len(said) <= 5
    assert max(len(one.split()) for one in said) <= 25
    waiting, missed, totals = main_page.decisions(edition)
    assert missed == "Решить, как наверстать невыполненное по показателю 1.4. Ждёт управления образования."
    assert waiting.startswith("Рассмотреть подтверждения по показателю 1.3, поданные с 20.01.2022. ")
    assert totals.startswith("Установить, как читать итог показателей 3.5, 4.1/1, 4.7: ")


@pytest.mark.parametrize(
    ("unit", "said"), [(pd.NA, "1 из 2; сообщено 2"), ("семинара", "1 (план: 2 семинара); сообщено 2")]
)
def test_a_unit_in_words_never_follows_out_of(made, unit, said):
    (row,) = [one for one in rows_of(made().execution) if one["measure_label"] == "1.4"]
    assert progress._numbers({**row, "measure_unit": unit, "planned_total_count": pd.NA}) == said


def test_plan_and_fact_stand_in_one_row_with_a_bar_a_deadline_and_a_name(made):
    (exhibit, said), *_ = progress.progress_tables(made())
    rows = {row[0]: row for row in _rows(exhibit)}
    assert len(rows) == 4
    assert rows["1.4"][2].startswith("![](figures/bar-")
    assert rows["1.3"][3:] == ["0 из 2; сообщено 1", "2 · 2 · 2", "в течение года", "школы (ОО)", "◇ на рассмотрении"]
    assert rows["1.2"][3:] == ["— из 1", "0 · 1 · 0", "февраль", "ИМО", "? нет сведений"]
    assert set(exhibit.drawn) == {row[2].split("figures/")[1].split(")")[0] for row in rows.values()}
    assert "Сведений нет: 1.1, 1.2 (срок — февраль)." in _plain(said)


def test_what_is_owed_is_said_by_name_kind_and_day(made):
    rows = _rows(execution.owed(made()))
    assert ["УО", "подтверждение возвращено", "1.4", "26.01.2022"] in rows
    assert ["управление образования", "не рассмотрено управлением", "1.3", "20.01.2022"] in rows
    mine = [row for row in rows if row[0] == "Школа Б"]
    assert [(row[1], row[3]) for row in mine] == [("получено после срока", "05.02.2022")]
    assert "1.3" in mine[0][2].split(", ")
    assert {row[1] for row in rows if row[0] == "ИМО"} == {"нет сведений"}
    assert rows[-1][0] == "управление образования"


def test_only_the_office_reads_why_it_was_sent_back(made):
    row = next(row for row in _rows(execution.owed(made(internal=True))) if row[1] == "подтверждение возвращено")
    assert row[4:] == ["1", "нет подписи"]


def test_the_public_edition_holds_nothing_of_the_office(made):
    secrets = ("нет подписи", "секретный", "служебное", "edu0000", "form.xlsx", "piece_count", "waiting_count")
    sections, _ = sections_of(made())
    shown = [exhibit for section in sections for exhibit in section.exhibits]
    pieces = [section.markdown for section in sections]
    published = [*pieces, *(one.data.to_csv() for one in shown), *(one.caption for one in shown)]
    assert [(secret, text) for secret in secrets for text in published if secret in _plain(text)] == []


def test_every_exhibit_and_heading_has_a_name_of_its_own(made):
    text, shown = execution.sections(made())
    labels = [one.label for one in shown]
    assert len(labels) == len(set(labels))
    assert {"tbl-owed", "tbl-task-results", "tbl-school-1", "tbl-bounds"} <= set(labels)
    referred = {word.strip("().,;") for word in text.split() if word.startswith("(@")}
    assert {one.lstrip("@") for one in referred} <= set(labels)


def test_totals_by_task_end_with_all_of_them(made):
    table = next(one for one in execution.sections(made())[1] if one.label == "tbl-task-results")
    assert _rows(table)[0] == [
        "Задача 1", "4", "2", "1", "0", "выполнено частично — 1, на рассмотрении — 1, нет сведений — 2",
    ]  # fmt: skip
    assert _rows(table)[-1][:5] == ["Всего", "19", "2", "1", "0"]


def test_what_was_reported_without_documents_is_shown_with_what_is_reported(city):
    """УО and school А report in full, nobody names a document: neither done nor failed, wherever states are printed."""
    edition = city(evidence=[], acceptance=[])
    text, shown = execution.sections(edition)
    assert _plain(execution.states(edition)) == (
        "Из 19 показателей с планом на 2021 год: «сообщено, документов нет» — 1, не выполнено — 1, нет сведений — 17 "
        "(@tbl-statuses)."
    )
    tables = {one.label: one for one in shown}
    assert ["сообщено, документов нет", "1"] in _rows(tables["tbl-statuses"])
    states = "«сообщено, документов нет» — 1, не выполнено — 1, нет сведений — 2"
    assert _rows(tables["tbl-task-results"])[0] == ["Задача 1", "4", "2", "0", "0", states]
    (exhibit, below), *_ = progress.progress_tables(edition)
    assert "△ сообщено, документов нет" in _plain(exhibit.markdown)
    assert "Сообщено, а документов нет: 1.4." in _plain(below)
    assert _rows(tables["tbl-school-1"])[0][2:] == ["1", "1", "0", "0", "сообщено, документов нет"]


def test_a_school_without_a_share_is_not_judged(made):
    first, second = execution.schools(made())
    assert first.caption == "Школа А: план и факт 2021 года"
    assert "school_login" not in first.data.columns
    assert _rows(first)[0][2:] == ["1", "1", "1", "0", "на рассмотрении"]
    assert _rows(second)[0][2:] == ["1", "не указано", "не указано", "не указано", "нет сведений"]


def _share(city, *parts):
    """The same where 1.3 is a share of pupils, of whom schools А and Б have reported a part and the whole."""
    reports = [(FILE, "E2", login, "1.3", 1, 2021, whole, part, None, None)
               for login, (part, whole) in zip(("edu000001", "edu000002"), parts, strict=True)]  # fmt: skip
    edition = city(reports=reports, acceptance=[(FILE, "строка", "c", "принято", "УО", date(2022, 1, 25), None)])
    rows = edition.tables["plan_fact"]
    kinds = rows["measure_kind"].mask(rows["measure_label"] == "1.3", "share")
    return replace(edition, tables=edition.tables | {"plan_fact": rows.assign(measure_kind=kinds)})


@pytest.mark.parametrize("parts", [((22, 30), (3, 20)), ((22, 30), (18, 20)), ((22, 30), (2, 9))])
def test_the_part_of_a_share_that_a_few_make_up_is_told_of_no_school(city, parts):
    """The city has 25 of 50, 40 of 50 and 24 of 39, which is printed; less the one school it would be the other."""
    public = _share(city, *parts)
    shown = [*execution.schools(public)]
    assert [_rows(one)[0][3:6] for one in shown] == [["скрыто"] * 3] * 2
    assert [one.data.iloc[0][list(execution.REPORTED)].isna().all() for one in shown] == [True, True]
    listed = for_programs(shown[0], hidden_cells(public, shown[0]))
    assert listed.iloc[0]["reported_count_status"] == "hidden"
    evidence = execution.evidence(public)
    assert [row[-1] for row in _rows(evidence)] == ["скрыто"]
    assert evidence.data["confirmed_count"].isna().tolist() == [True]
    office = replace(public, internal=True)
    told = [int(one.data.iloc[0]["reported_count"]) for one in execution.schools(office)]
    assert told == [part for part, _ in parts]
    assert execution.evidence(office).data["confirmed_count"].tolist() == [1]


def test_the_parts_of_a_share_of_many_are_told(city):
    public = _share(city, (22, 30), (8, 20))
    assert [_rows(one)[0][3] for one in execution.schools(public)] == ["22", "8"]


def test_before_the_cutoff_nobody_is_blamed(made):
    edition = made(2022)
    assert execution.owed(edition) is None
    assert execution.owed_words(edition).startswith(
        "На день последнего полученного файла срок отчёта за 2022 год не наступил"
    )


FIVE = [(FILE, "строка", f"edu00000{n}", None, None, f"Школа {n}", None, None, None, None) for n in range(1, 6)]
MUNICIPAL, SCHOOLS_OF_FIVE = ("УО", "ИМО"), tuple(row[2] for row in FIVE)
PART = "Форму за 2021 год в срок прислали не все: школ — {schools} из 5, исполнителей за город — {others} из 2."


def _sent_by(city, made, *reporters):
    """The city of five schools, none of them supported, where these sent their forms and told all that was asked."""
    plan = made().execution
    duties = zip(plan["activity_code"], plan["measure_number"], plan["missing_reporters"], strict=True)
    answering = [(code, int(number), "ИМО" if "ИМО" in who else "УО") for code, number, who in duties]
    reports = [(FILE, "E2", who, code, number, 2021, None, 2, None, None) for code, number, who in answering]
    forms = [(f"{FILE}{who}", who, 2021, date(2022, 1, 20), CUTOFF, "вошла в отчёт") for who in reporters]
    return city(
        schools=FIVE, school_status=[], evidence=[], acceptance=[], received_forms=forms,
        reports=[row for row in reports if row[2] in reporters],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ((*MUNICIPAL, *SCHOOLS_OF_FIVE), "Все, кто должен был отчитаться, отчитались."),
        ((*MUNICIPAL, *SCHOOLS_OF_FIVE[:2]), PART.format(schools=2, others=2)),
        (MUNICIPAL, PART.format(schools=0, others=2)),
        (("УО", *SCHOOLS_OF_FIVE), PART.format(schools=5, others=1)),
        ((), PART.format(schools=0, others=0)),
    ],
)
def test_that_all_have_reported_is_said_of_executors_and_schools_alike(city, made, sent, said):
    """The schools owe no measure here, but each owes its form."""
    edition = _sent_by(city, made, *sent)
    assert reported(edition) == said
    nothing = {"owed": edition.tables["owed"].iloc[:0]}
    told = execution.owed_words(replace(edition, tables=edition.tables | nothing))
    assert told.endswith(said) if said.startswith("Форму") else told == execution.NOTHING_OWED
    text = _plain(execution.said(edition))
    assert ("отчитались." in text) == (len(sent) == 7)
    assert (said in text) == (set(MUNICIPAL) <= set(sent)), "where a measure lacks its fact the bounds are named"


def test_a_form_that_leaves_a_measure_open_is_no_report_of_all(made, city):
    edition = _sent_by(city, made, *MUNICIPAL, *SCHOOLS_OF_FIVE)
    lines = edition.tables["reporter_completeness"]
    lines = lines.assign(missing_row_count=lines["missing_row_count"].mask(lines["fact_kind"] == "исполнение", 1))
    tables = edition.tables | {"reporter_completeness": lines}
    assert reported(replace(edition, tables=tables)).startswith("Формы прислали все, но о чём-то")


def test_nothing_owed_is_said_in_words(city, made):
    edition = _sent_by(city, made, *MUNICIPAL, *SCHOOLS_OF_FIVE)
    tables = edition.tables | {"owed": edition.tables["owed"].iloc[:0]}
    assert execution.owed_words(replace(edition, tables=tables)) == execution.NOTHING_OWED


def test_chains_stand_apart_and_only_for_the_office(made):
    assert chains(made()) == ""
    office = made(internal=True)
    assert chains(office) == "", "nothing is stored that chains could be read from"
    tables = {**rule_tables(office.sources, (), (), None), **office.tables}
    words, edges = chain_words(office.project, tables, office.sources, None), edges_of(tables, office.sources, None, {})
    told = chains(replace(office, chains=store_of(words, tables, edges)))
    assert told.startswith("## Откуда числа {#sec-chains}")
    assert "{#chain-1-3 .unnumbered}" in told
    assert "{#chain-" not in chapter(internal_sections(made(internal=True)))[0]


def test_internal_tables_name_a_measure_as_the_report_does(made):
    tables = chapter(internal_sections(made(internal=True)))[1]
    labels = {row[0] for table in tables for row in _rows(table)}
    assert labels == {"1.3", "1.4"}
