"""Each sentence is held against what a person counted in the signed roadmap."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analysis.indicators.tables import indicator_tables
from analysis.presentation import execution, main_page, sentences
from analysis.presentation.edition import Edition

OTHERS = (sentences.deadlines, sentences.busiest_executor, sentences.readings, sentences.findings)
PLAN_2021 = [
    "На 2021 год план больше нуля стоит у 19 показателей из 21; это 18 мероприятий из 20. "
    "По задачам запланировано показателей: задача 1 — 4 из 4, задача 2 — 2 из 3, задача 3 — 2 из 3, "
    "задача 4 — 11 из 11 (@fig-composition). "
    "Ноль на этот год стоит у 2 показателей: 2.1, 3.1.",
    "Месяц исполнения назван у 2 показателей: 1.2 — февраль и 4.7 — май; у остальных (17) срок — в течение года "
    "(@tbl-calendar).",
    "Чаще всего исполнителем назван ИМО: в 18 показателях из 19 (@tbl-load).",
    "Итог за весь срок у 3 показателей (3.5, 4.1/1, 4.7) документ оставляет открытым; отчёт показывает оба прочтения "
    "(@tbl-readings).",
    "Проверка текста документа дала 28 замечаний: «посмотрите» — 8, «учтено» — 20 (@tbl-findings).",
]


def _plain(text):
    return text.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def test_the_plan_of_2021_in_sentences(edition_of):
    edition = edition_of(2021)
    said = [sentences.of_the_plan(edition), *(make(edition) for make in OTHERS)]
    assert [_plain(sentence) for sentence in said] == PLAN_2021


def test_while_there_are_no_facts_one_sentence_says_so(edition_of):
    assert execution.sections(edition_of(2021)) == (sentences.NO_FACTS, [])
    assert main_page.sentences(edition_of(2021))[:2] == [sentences.NO_FACTS, sentences.NO_RESULTS]
    assert sentences.NO_FACTS.startswith("Сведений об исполнении в проект не поступало")


def test_the_blank_year_is_said_apart_from_the_zeros(edition_of):
    zero, blank = (_plain(sentence) for sentence in sentences.without_target(edition_of(2020)))
    assert zero.startswith("Ноль на этот год стоит у 14 показателей: 1.2, 1.4, 2.2, 2.3, 3.3, 3.5, 4.1/1, 4.1/2, ")
    assert "4.5" not in zero
    assert blank == "Значение года не заполнено у 1 показателя: 4.5; пустая ячейка — не ноль."


def test_a_year_in_which_no_month_is_named(edition_of):
    assert sentences.deadlines(edition_of(2020)) == (
        "Месяц исполнения документ на этот год не называет ни разу (@tbl-calendar)."
    )


def test_who_approved(edition_of):
    assert _plain(sentences.approval(edition_of(2022))) == (
        "«Дорожная карта» разработки и реализации муниципальной программы поддержки ПНОР и ПНСУ в 2020-2022 гг. "
        "Документ утверждён 25 августа 2020 г. "
        "Утвердил: Начальник управления образования администрации города-курорта Кисловодска С.Б. Рыбашапка. "
        "Срок: 2020–2022 годы."
    )


def test_an_approver_who_was_not_found_is_said_to_be_missing(edition_of):
    edition = edition_of(2020)
    nobody = edition.tables["approval"].assign(approver_name=None, approver_position=None)
    said = sentences.approval(replace(edition, tables=edition.tables | {"approval": nobody}))
    assert "Кто утвердил, в документе не найдено." in said


def _with(edition, **tables):
    """The edition with other typed tables and what is computed from them."""
    typed = edition.tables | tables
    return replace(edition, tables=typed | indicator_tables(typed, None, (), date(2021, 1, 31))[0])


def test_equally_busy_executors_are_all_named(edition_of):
    edition = edition_of(2020)
    executors = edition.tables["executors"]
    two = executors[executors["executor_name"].isin(["ОО", "УО"])].copy()
    two = two[two["activity_code"].isin(["1.3", "2.1"])]
    said = _plain(sentences.busiest_executor(_with(edition, executors=two)))
    assert said == "Чаще всего исполнителем названы ОО и УО: в 1 показателе из 6 (@tbl-load)."


def test_nothing_open_means_no_sentence_about_it(edition_of):
    edition = edition_of(2021)
    settled = edition.tables["measures"].assign(reading="flow")
    assert sentences.readings(_with(edition, measures=settled)) == ""


def test_text_from_data_cannot_become_markup(edition_of):
    edition = edition_of(2021)
    executors = edition.tables["executors"].assign(executor_name="**@fig-1** <b>")
    said = sentences.busiest_executor(_with(edition, executors=executors))
    assert r"\*\*\@fig\-1\*\* \<b\>" in said


@pytest.mark.parametrize("contact", ["", "uo@example.org"])
def test_a_contact_that_is_not_named_is_not_invented(edition_of, contact):
    edition = edition_of(2021)
    project = replace(edition.project, contact=contact)
    said = _plain(sentences.contact(Edition(project, 2021, edition.tables, edition.sources, ())))
    assert (contact or "издатель пока не указал, куда писать") in said


def test_findings_about_forms_are_not_counted_as_findings_about_the_document(edition_of):
    edition = edition_of(2021)
    about_form = edition.tables["findings"].iloc[:2].assign(source_file="form.xlsx", severity="посмотрите")
    tables = {**edition.tables, "findings": pd.concat([edition.tables["findings"], about_form])}
    of_document = PLAN_2021[-1]
    said = f"{of_document} К формам, выгрузкам и настройкам проекта замечаний — 2: «посмотрите» — 2."
    assert _plain(sentences.findings(replace(edition, tables=tables, internal=True))) == said
    assert _plain(sentences.findings(replace(edition, tables=tables))) == of_document
