"""Deadlines as people write them: dates, intervals, recurrences; what could mean two things is refused."""

from datetime import date

import pytest

from analysis.cleaning.deadlines import CONSTANT, Deadline, DeadlineNotReadError, read_deadlines

D = date
READ = {
    "": [],
    "–": [],
    "март 2024 г.": [Deadline(D(2024, 3, 1), D(2024, 3, 31))],
    "до 01.03.2024": [Deadline(None, D(2024, 3, 1))],
    "не позднее 20 декабря 2024 г.": [Deadline(None, D(2024, 12, 20))],
    "12.09.2024": [Deadline(None, D(2024, 9, 12))],
    "февраль 2024": [Deadline(D(2024, 2, 1), D(2024, 2, 29))],
    "III квартал 2024 года": [Deadline(D(2024, 7, 1), D(2024, 9, 30))],
    "1-й кв. 2025": [Deadline(D(2025, 1, 1), D(2025, 3, 31))],
    "второе полугодие 2024 г.": [Deadline(D(2024, 7, 1), D(2024, 12, 31))],
    "октябрь–ноябрь 2024 года": [Deadline(D(2024, 10, 1), D(2024, 11, 30))],
    "с сентября 2024 по май 2025 года": [Deadline(D(2024, 9, 1), D(2025, 5, 31))],
    "01.02.2024-15.03.2024": [Deadline(D(2024, 2, 1), D(2024, 3, 15))],
    "август 2024 года, август 2025 года": [
        Deadline(D(2024, 8, 1), D(2024, 8, 31)), Deadline(D(2025, 8, 1), D(2025, 8, 31)),
    ],
    "май, октябрь 2024 г.": [Deadline(D(2024, 5, 1), D(2024, 5, 31)), Deadline(D(2024, 10, 1), D(2024, 10, 31))],
    "октябрь–ноябрь": [Deadline(in_year="11-30")],
    "к 1 сентября": [Deadline(in_year="09-01")],
    "2024/25 учебный год": [Deadline(D(2024, 9, 1), D(2025, 8, 31))],
    "2025 год": [Deadline(D(2025, 1, 1), D(2025, 12, 31))],
    "до конца 2025 года": [Deadline(None, D(2025, 12, 31))],
    "в течение 2024–2026 гг.": [Deadline(D(2024, 1, 1), D(2026, 12, 31), CONSTANT)],
    "постоянно": [Deadline(recurrence=CONSTANT)],
    "весь период": [Deadline(recurrence=CONSTANT)],
    "в течение года": [Deadline(recurrence="year")],
    "на протяжении всего учебного года": [Deadline(recurrence="year")],
    "ежеквартально": [Deadline(recurrence="quarter")],
    "1 раз в полугодие": [Deadline(recurrence="half")],
    "3 раза в год": [Deadline(recurrence="year", times=3)],
    "ежегодно, IV квартал": [Deadline(recurrence="year", in_year="12-31")],
    "Май, ежегодно с 2024": [Deadline(D(2024, 1, 1), None, "year", in_year="05-31")],
    "ежегодно, апрель, октябрь": [Deadline(recurrence="year", times=2, in_year="10-31")],
    "по мере необходимости": [Deadline(recurrence="need")],
    "по отдельному графику": [Deadline(recurrence="need")],
}  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_read(text):
    assert list(read_deadlines(text)) == READ[text]


@pytest.mark.parametrize(
    "text",
    ["до 2025 года", "31.02.2024", "до 15 числа", "скоро", "май-июнь 2024, 2025", "15.03.2024-01.02.2024", "2025-2024"],
)
def test_what_could_mean_two_things_is_refused(text):
    with pytest.raises(DeadlineNotReadError):
        read_deadlines(text)


def test_how_often_a_year():
    texts = ("ежемесячно", "каждый квартал", "2 раза в год", "постоянно")
    assert [read_deadlines(text)[0].per_year for text in texts] == [12, 4, 2, 0]
