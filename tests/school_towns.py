"""Invented school facts as typed tables: a town with small classes, three years, two supported schools."""

import random

import pandas as pd

from analysis.contracts.columns import typed_table
from analysis.contracts.facts import (
    CATEGORIES,
    FACT_TABLES,
    GRADES,
    MARK_COLUMNS,
    POSTS,
    PUPIL_TOTAL,
    SCHOOL_FACT_TABLES,
    SOCIAL_GROUPS,
    TEACHERS,
    TRAINED,
    VACANCIES,
    units,
)

YEARS = (2020, 2021, 2022)
FROM = {"source_file": "data/raw/forms.xlsx", "place": "строка 2"}
SUPPORTED = ("edu1", "edu2")


def town_facts(schools=5, years=YEARS, seed=11):
    """All tables of school facts of a town, with schools and their status."""
    chance = random.Random(seed)
    logins = [f"edu{number}" for number in range(1, schools + 1)]
    seats = {login: chance.randint(6, 24) * (1 if login in SUPPORTED else 3) for login in logins}
    rows = {name: [] for name in ("context", "staff", "results", "deficits", "self_assessment", "contests")}
    for year in years:
        for login in logins:
            key = {**FROM, "school_login": login, "calendar_year": year}
            rows["context"] += _context(chance, key, seats[login], f"{year}/{(year + 1) % 100}")
            rows["staff"] += _staff(chance, key, seats[login], f"{year}/{(year + 1) % 100}")
            rows["results"] += _results(chance, key, seats[login], f"{year - 1}/{year % 100}")
            rows["deficits"].append(_deficit(chance, key))
            rows["self_assessment"].append(
                {**key, "criterion": "Открытость", "assessment_score": float(chance.randint(1, 5))}
            )
            rows["contests"].append(_contest(chance, key))
    tables = {name: typed_table(SCHOOL_FACT_TABLES[name], found) for name, found in rows.items()}
    named = [{**FROM, "school_login": login, "school_name": f"Школа {login[3:]}"} for login in logins]
    status = [
        {**FROM, "school_login": login, "school_year": f"{year}/{(year + 1) % 100}", "status": "ШНОР"}
        for login in SUPPORTED
        if login in logins
        for year in years
    ]
    return {
        **tables,
        "schools": typed_table(FACT_TABLES["schools"], named),
        "school_status": typed_table(FACT_TABLES["school_status"], status),
    }


def result(login, marks, year=2021, journal=None, **changed):
    """One row of results in marks."""
    row = {
        **FROM, "origin": "форма", "school_login": login, "procedure": "ВПР", "subject": "Математика",
        "programme_grade": 5, "sitting_grade": 5, "wave": "весна", "calendar_year": year,
        "school_year": f"{year - 1}/{year % 100}", "scale": "отметка", "participant_count": sum(marks),
        **dict(zip(MARK_COLUMNS, marks, strict=True)),
    }  # fmt: skip
    if journal is not None:
        row |= dict(zip(("journal_lower_count", "journal_same_count", "journal_higher_count"), journal, strict=True))
    return row | changed


def score(login, participants, below, high, full, mean, year=2021, **changed):
    """One row of results in scores."""
    row = result(login, (0, 0, 0, 0), year, procedure="ЕГЭ", wave="основная", programme_grade=11, sitting_grade=11)
    row |= dict.fromkeys(MARK_COLUMNS) | {"scale": "100 баллов", "participant_count": participants}
    row |= {"below_minimum_count": below, "high_score_count": high, "full_score_count": full, "mean_score": mean}
    return row | changed


def results(*rows):
    """A table of results."""
    return typed_table(SCHOOL_FACT_TABLES["results"], rows)


def _spread(chance, number, weights):
    counts = [0] * len(weights)
    for chosen in chance.choices(range(len(weights)), weights, k=number):
        counts[chosen] += 1
    return counts


def _results(chance, key, seats, school_year):
    login, year = key["school_login"], key["calendar_year"]
    for subject in ("Математика", "Русский язык"):
        marks = _spread(chance, seats, (12, 42, 32, 14))
        compared = seats - chance.choice((0, 0, 2))
        journal = _spread(chance, compared, (30, 60, 10))
        yield result(login, marks, year, journal, subject=subject, school_year=school_year)
    marks = _spread(chance, seats, (4, 40, 40, 14, 2))
    counts = {"procedure": "Журнал", "wave": "год", "not_attested_count": marks[4], "participant_count": seats}
    yield result(login, marks[:4], year, school_year=school_year, **counts)
    older = max(2, seats // 3)
    below, high, full, _ = _spread(chance, older, (10, 15, 2, 60))
    yield score(login, older, below, high, full, chance.randint(400, 700) / 10, year, school_year=school_year)


def _context(chance, key, seats, school_year):
    grades = dict.fromkeys(GRADES, 0) | {name: seats + chance.randint(-2, 4) for name in list(GRADES)[:9]}
    grades |= dict.fromkeys(list(GRADES)[9:], seats // 2)
    total = sum(grades.values())
    groups = {PUPIL_TOTAL: total, **grades, **{name: chance.randint(0, total // 4) for name in SOCIAL_GROUPS}}
    if chance.random() < 0.3:
        del groups[SOCIAL_GROUPS[3]]
    for name, count in groups.items():
        yield {**key, "school_year": school_year, "pupil_group": name, "group_pupil_count": count}


def _staff(chance, key, seats, school_year):
    teachers = 6 + seats // 3
    amounts = dict(zip(CATEGORIES, _spread(chance, teachers, (20, 40, 40)), strict=True))
    amounts |= {TEACHERS: teachers, TRAINED: chance.randint(0, teachers)}
    amounts |= {POSTS: teachers * 1.5, VACANCIES: chance.randint(0, 6) / 2}
    for name, amount in amounts.items():
        unit = units("staff")[name]
        yield {**key, "school_year": school_year, "staff_group": name, "staff_unit": unit, "staff_amount": amount}


def _deficit(chance, key):
    diagnosed = chance.randint(4, 20)
    deficit = {"diagnosed_teacher_count": diagnosed, "deficit_teacher_count": chance.randint(0, diagnosed)}
    return {**key, "competence": "Оценивание", **deficit}


def _contest(chance, key):
    contestants = chance.randint(3, 30)
    people = {"contestant_count": contestants, "winner_count": chance.randint(0, contestants // 2)}
    return {
        **key, "line": 1, "contest_name": "Олимпиада", "contest_level": "муниципальный", "contestants": "обучающиеся",
        **people,
    }  # fmt: skip


def printed(table, columns):
    """The rows as plain lists, None where blank."""
    return [[None if pd.isna(value) else value for value in row] for row in table[columns].values.tolist()]
