"""Corrections and decisions: applied where they fit, never without a word, never for nothing."""

import hashlib
import re

import pandas as pd
import pytest

from analysis.cleaning.corrections import decision_stanza
from roadmaps import FIRST, SECOND, TASK, blocking_rules, check, document, of_rule, targets_of, the_blocking, with_cell

OPEN = ("1.3", "Отчёт", "Справка", "1", "0", "1", "1", "УО")
TEXT = document([TASK, FIRST, SECOND, OPEN])


def correction(**changed: str) -> str:
    entry = {
        "file": "data/raw/roadmap.txt",
        "address": "строка 8, ячейка 5",
        "expected": "2",
        "new": "0",
        "reason": "опечатка приёма",
        "who": "А.Б. Ветрова",
    } | changed
    return (
        "\n[[correction]]\n" + "\n".join(f'{key} = "{value}"' for key, value in entry.items()) + "\ndate = 2023-03-01\n"
    )


def decision(activity: str = "1.3", measure: int = 1, reading: str = "annual", basis: str = "Протокол № 1") -> str:
    return (
        f'\n[[decision]]\nactivity = "{activity}"\nmeasure = {measure}\nreading = "{reading}"\nbasis = "{basis}"\n'
        'who = "А.Б. Ветрова"\ndate = 2023-03-01\n'
    )


def reading_of(checked, code: str) -> tuple[str, str, str | None]:
    row = checked.tables["measures"].set_index("activity_code").loc[code]
    document = None if pd.isna(row["decision_document"]) else row["decision_document"]
    return row["reading"], row["reading_basis"], document


def test_applied(tmp_path):
    checked = check(tmp_path, TEXT, corrections=correction())
    assert targets_of(checked)["1.1/1"] == [0, 2, 2]
    (finding,) = of_rule(checked, "correction")
    assert (finding.place, finding.value) == ("строка 8, ячейка 5", "2")
    assert "опечатка приёма" in finding.explanation
    assert blocking_rules(checked) == []


def test_the_received_file_stays_as_it_was(tmp_path):
    check(tmp_path, TEXT, corrections=correction())
    content = (tmp_path / "data/raw/roadmap.txt").read_bytes()
    assert hashlib.sha256(content).hexdigest() == hashlib.sha256(TEXT.encode()).hexdigest()


def test_a_blank_cell_and_a_code_can_be_corrected(tmp_path):
    text = document([TASK, with_cell(FIRST, 0, ""), SECOND])
    entry = correction(address="строка 8, ячейка 1", expected="", new="1.1")
    checked = check(tmp_path, text, corrections=entry)
    assert blocking_rules(checked) == []
    assert list(checked.tables["activities"]["activity_code"]) == ["1.1", "1.2"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"expected": "3"}, "ждёт здесь «3», а стоит другое"),
        ({"address": "строка 99, ячейка 5"}, "адресу, которого в файле нет"),
        ({"file": "data/raw/other.txt"}, "файлу, который проект не читает"),
    ],
)
def test_a_correction_that_cannot_be_applied_stops(changed, message, tmp_path):
    checked = check(tmp_path, TEXT, corrections=correction(**changed))
    finding = the_blocking(checked)
    assert finding.rule == "correction"
    assert message in finding.explanation
    assert targets_of(checked)["1.1/1"] == [2, 2, 2]


@pytest.mark.parametrize("reading", ["flow", "annual"])
def test_a_decision_settles_an_open_reading(reading, tmp_path):
    checked = check(tmp_path, TEXT, corrections=decision(reading=reading))
    assert reading_of(checked, "1.3") == (reading, "decision", "Протокол № 1")
    assert of_rule(checked, "contradiction") == []
    (finding,) = of_rule(checked, "decision")
    assert "Протокол № 1" in finding.explanation


def test_without_a_decision_it_stays_open(tmp_path):
    checked = check(tmp_path, TEXT)
    assert reading_of(checked, "1.3") == ("contradiction", "unsettled", None)
    (finding,) = of_rule(checked, "contradiction")
    assert finding.stanza == decision_stanza("1.3", 1)
    assert "итог 1; по годам 0, 1, 1" in finding.value


@pytest.mark.parametrize("entry", [decision("1.2"), decision("9.9"), decision(measure=2)])
def test_a_decision_about_nothing_open_stops(entry, tmp_path):
    finding = the_blocking(check(tmp_path, TEXT, corrections=entry))
    assert finding.rule == "decision"
    assert "нет или прочтение которого не открыто" in finding.explanation


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (decision(basis=" "), "«basis» пуст"),
        (decision(reading="both"), "стоит «both», нужно одно из: flow, annual"),
        (decision(reading="contradiction"), "нужно одно из"),
        (decision().replace("measure = 1\n", ""), r"№ 1 .1.3.: нет ключа «measure»"),
        (decision().replace("measure = 1", 'measure = "1"'), "«measure»: стоит '1', нужно: целое число"),
        (decision().replace("2023-03-01", '"вчера"'), "«date».*дата вида"),
        (decision() + decision(reading="flow"), "две записи об одном: 1.3, показатель 1"),
        (correction(reason=""), "«reason» пуст"),
        (correction(who=" "), "«who» пуст"),
        (correction() + correction(new="1"), "две записи об одном: data/raw/roadmap.txt: строка 8, ячейка 5"),
        ("correction = 5", r"списком разделов \[\[correction\]\]"),
        ("[correction]\nfile = 'x'", r"списком разделов \[\[correction\]\]"),
        ("[[correction]\n", "строка 1, знак 13: запись TOML не читается"),
    ],
)
def test_a_faulty_entry_is_named(entry, message, tmp_path):
    finding = the_blocking(check(tmp_path, TEXT, corrections=entry))
    assert (finding.rule, finding.file) == ("rules", "data/corrections.toml")
    assert re.search(message, f"{finding.place}: {finding.explanation}", re.IGNORECASE)


def test_the_stanza_of_a_finding_can_be_pasted(tmp_path):
    """A person fills in the blanks; nothing else is wrong with it."""
    stanza = decision_stanza("1.3", 1).replace('reading = ""', 'reading = "flow"')
    stanza = stanza.replace('date = ""', "date = 2023-04-01")
    stanza = stanza.replace('basis = ""', 'basis = "Приказ № 2"').replace('who = ""', 'who = "В.Г. Громов"')
    assert reading_of(check(tmp_path, TEXT, corrections=stanza), "1.3") == ("flow", "decision", "Приказ № 2")
