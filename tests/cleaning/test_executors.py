"""Names of executors: what looks like one is asked about, and only the list of the office joins."""

import pandas as pd
import pytest

from analysis.cleaning.names import list_faults, look_alikes, one_name_each, why_alike
from analysis.contracts.dictionary import violations
from analysis.contracts.execution import TYPED_TABLES
from analysis.rules.config import Abbreviation, Collection, OneExecutor

FILE = "data/raw/r.txt"
OFFICE = "управление образования"
JOINED = OneExecutor("УО", (OFFICE,), "письмо № 1")
CONFIRMED = Abbreviation("УО", OFFICE, "по грифу документа")


def _executors(*names):
    """One activity after the other, each with its executors in order."""
    rows = [
        (FILE, f"строка {line}, ячейка 8", f"1.{line}", number, name, name)
        for line, some in enumerate(names, start=1)
        for number, name in enumerate(some, start=1)
    ]
    columns = "source_file place activity_code executor_number executor_name executor_text"
    frame = pd.DataFrame(rows, columns=columns.split())
    return frame.astype(dict.fromkeys(("executor_name", "executor_text", "activity_code"), "str"))


def _collection(*joined, municipal=("УО", "ИМО")):
    return Collection(municipal, "ОО", executors=joined)


def _asked(names, *abbreviations, collection=None):
    found = look_alikes(_executors(*[[name] for name in names]), collection or _collection(), abbreviations)
    return [one.value for one in found]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("УО", OFFICE),
        ("ИМО", "информационно-методический отдел"),
        ("УОМП", "управление образования и молодёжной политики"),
        ("УОИМП", "Управление образования и молодёжной политики"),
        ("Управление образования", "управление  образования"),
        ("У.О.", "УО"),
        ("УO", "УО"),
        ("МБУ «Центр»", 'МБУ "Центр"'),
    ],
)
def test_names_that_look_like_one(first, second):
    assert why_alike(first, second, {})
    assert why_alike(second, first, {})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ОО", "управление образования"),
        ("тьюторы", "муниципальные тьюторы"),
        ("ГМО", "руководители ГМО"),
        ("УО", "учитель"),
        ("школа № 1", "школа № 11"),
        ("ш", "школы"),
    ],
)
def test_names_that_do_not(first, second):
    assert why_alike(first, second, {}) == why_alike(second, first, {}) == ""


def test_a_confirmed_abbreviation_is_asked_about_and_one_that_is_not_confirmed_is_no_ground():
    unconfirmed = Abbreviation("СКРО", "региональный институт", "по смыслу, не подтверждено")
    confirmed = Abbreviation("СКРО", "региональный институт", "по уставу")
    assert _asked(["СКРО", "региональный институт"], unconfirmed) == []
    assert _asked(["СКРО", "региональный институт"], confirmed) == ["региональный институт"]


def test_the_question_has_the_entry_ready_to_paste_under_the_name_that_reports():
    executors = _executors([OFFICE, "ИМО"], ["УО"], ["Управление образования"])
    (finding,) = look_alikes(executors, _collection(), [CONFIRMED])
    assert finding.stanza.splitlines()[:3] == [
        "[[collection.executor]]",
        'name = "УО"',
        'writings = ["управление образования", "Управление образования"]',
    ]
    assert finding.places == ("строка 1, ячейка 8", "строка 3, ячейка 8")
    assert (finding.rule, finding.file) == ("executor_name", FILE)


def test_only_the_list_joins_and_the_words_of_the_document_stay():
    executors = _executors([OFFICE, "ИМО"], ["УО"], ["УО", "ОО", OFFICE])
    assert one_name_each(executors, _collection()).equals(executors), "a likeness alone joins nothing"
    joined = one_name_each(executors, _collection(JOINED))
    assert violations({"executors": joined}, TYPED_TABLES) == []
    assert joined[["activity_code", "executor_number", "executor_name", "executor_text"]].to_numpy().tolist() == [
        ["1.1", 1, "УО", OFFICE],
        ["1.1", 2, "ИМО", "ИМО"],
        ["1.2", 1, "УО", "УО"],
        ["1.3", 1, "УО", f"УО, {OFFICE}"],
        ["1.3", 2, "ОО", "ОО"],
    ]
    assert look_alikes(joined, _collection(JOINED), [CONFIRMED]) == [], "what is joined is not asked about again"


@pytest.mark.parametrize(
    ("entries", "value", "said"),
    [
        ([OneExecutor("УО", ("УО",), "письмо")], "УО", "соединено само с собой"),
        ([JOINED, OneExecutor(OFFICE, ("УО",), "письмо")], OFFICE, "по кругу имена не соединяются"),
        ([JOINED, OneExecutor("ИМО", (OFFICE,), "письмо")], OFFICE, "не один раз"),
        ([OneExecutor("УО", ("управление образовании",), "письмо")], "управление образовании", f"в виду «{OFFICE}»"),
        ([OneExecutor("Совет", (OFFICE,), "письмо")], "Совет", "такого исполнителя не называет"),
    ],
)
def test_an_entry_that_joins_nothing_stops(entries, value, said):
    found = list_faults(_executors(["УО"], [OFFICE], ["ИМО"]), _collection(*entries))
    assert found
    assert {one.place for one in found} <= {f"[[collection.executor]] № {n}" for n in (1, 2)}
    assert (found[0].value, str(found[0].severity)) == (value, "блокирует")
    assert said in found[0].explanation


def test_a_good_entry_has_no_fault():
    assert list_faults(_executors(["УО"], [OFFICE]), _collection(JOINED)) == []
