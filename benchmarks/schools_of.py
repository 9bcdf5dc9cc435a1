"""Result rows of so many invented schools over three years, for measuring the indicators; run as a module it measures
the computation or the validation in a process of its own."""

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.contracts.columns import pandas_types
from analysis.contracts.dictionary import violations
from analysis.contracts.facts import JOURNAL_COLUMNS, MARK_COLUMNS, SCHOOL_FACT_TABLES, SCORE_COLUMNS, Results
from analysis.indicators.effectiveness import school_indicators
from analysis.indicators.tables import selection_tables
from analysis.rules.methods import load_methods

HOUSE = Path(__file__).parents[1]
SUBJECTS = ("Русский язык", "Математика")
EXAMS = [
    *(("ВПР", subject, grade, "весна", "отметка") for subject in SUBJECTS for grade in (4, 5, 6, 7)),
    *(("ОГЭ", subject, 9, "основная", "отметка") for subject in SUBJECTS),
    ("ЕГЭ", "Русский язык", 11, "основная", "100 баллов"),
    ("Журнал", "Русский язык", 5, "год", "отметка"),
]
YEARS = (2020, 2021, 2022)


def result_rows(schools: int, seed: int = 1) -> pd.DataFrame:
    """Returns typed results: schools × 3 years × 12 procedures, shares of «2» that differ from school to school."""
    rng = np.random.default_rng(seed)
    logins = np.array([f"edu{number:06d}" for number in range(schools)])
    parts = [_exam(rng, logins, exam, year) for year in YEARS for exam in EXAMS]
    return pd.concat(parts, ignore_index=True)


def _exam(
    rng: np.random.Generator, logins: np.ndarray, exam: tuple[str, str, int, str, str], year: int
) -> pd.DataFrame:
    procedure, subject, grade, wave, scale = exam
    size = len(logins)
    pupils, failing = rng.integers(5, 90, size), rng.beta(2.4, 13.6, size)
    two = rng.binomial(pupils, failing)
    three = rng.binomial(pupils - two, 0.4)
    four = rng.binomial(pupils - two - three, 0.6)
    lower = rng.binomial(pupils, 0.25)
    same = rng.binomial(pupils - lower, 0.8)
    counts: dict[str, np.ndarray] = {}
    if scale == "отметка":
        counts = dict(zip(MARK_COLUMNS, (two, three, four, pupils - two - three - four), strict=True))
    if procedure == "ВПР":
        counts |= dict(zip(JOURNAL_COLUMNS, (lower, same, pupils - lower - same), strict=True))
    if scale == "100 баллов":
        counts |= dict(zip(SCORE_COLUMNS, (two, rng.binomial(pupils - two, 0.1), np.zeros(size, int)), strict=True))
        counts["mean_score"] = rng.uniform(40, 70, size)
    texts = {
        "source_file": "x", "place": "x", "origin": "выгрузка", "school_login": logins, "procedure": procedure,
        "subject": subject, "wave": wave, "school_year": f"{year - 1}/{year % 100:02d}", "scale": scale,
    }  # fmt: skip
    frame = pd.DataFrame({**texts, **counts, "programme_grade": grade, "sitting_grade": grade, "calendar_year": year,
                          "participant_count": pupils})  # fmt: skip
    return frame.reindex(columns=list(Results.to_schema().columns)).astype(pandas_types(Results))


def spoilt(results: pd.DataFrame) -> pd.DataFrame:
    """The results with every second row broken in each way: of a cell, of the whole row, of the key."""
    bad = np.arange(len(results)) % 2 == 0
    columns = {"participant_count": -1, "subject": "x", "school_login": pd.NA}
    return results.assign(**{name: results[name].mask(bad, value) for name, value in columns.items()})


def validated(schools: int) -> None:
    """Holds the results of so many schools against their contract; prints the seconds, clean and with half bad."""
    results = result_rows(schools)
    seconds = []
    for frame in (results, spoilt(results)):
        started = time.perf_counter()
        violations({"results": frame}, SCHOOL_FACT_TABLES)
        seconds.append(time.perf_counter() - started)
    print(*seconds, len(results))


def main(schools: int) -> None:
    """Computes indicators and selection of so many schools; prints the seconds, the rows that went in and came out."""
    methods = load_methods(HOUSE)
    assert methods is not None
    results = result_rows(schools)
    started = time.perf_counter()
    found = school_indicators({"results": results}, methods.passport, methods.calendar)
    selection_tables(found, methods, sorted(results["school_login"].unique()))
    print(time.perf_counter() - started, len(results), len(found))


if __name__ == "__main__":
    {"validated": validated, "indicators": main}[sys.argv[1]](int(sys.argv[2]))
