"""Small typed tables of school facts for tests, written by hand or drawn with a seed."""

import numpy as np
import pandas as pd

from analysis.contracts.facts import JOURNAL_COLUMNS, MARK_COLUMNS, SCORE_COLUMNS

COUNTS = [*MARK_COLUMNS, "not_attested_count", *JOURNAL_COLUMNS, *SCORE_COLUMNS]
ORDER = [
    "source_file", "place", "origin", "school_login", "procedure", "subject", "programme_grade", "sitting_grade",
    "wave", "calendar_year", "school_year", "scale", "participant_count", *MARK_COLUMNS, "not_attested_count",
    *JOURNAL_COLUMNS, "below_minimum_count", "mean_score", "high_score_count", "full_score_count",
]  # fmt: skip


def result(login, marks=None, year=2022, procedure="ВПР", subject="Русский язык", grade=5, wave="весна", **more):
    """One row of results; marks is (k2, k3, k4, k5), and `more` overrides any column."""
    row = {
        "source_file": "f.xlsx",
        "place": "A1",
        "origin": "форма",
        "school_login": login,
        "procedure": procedure,
        "subject": subject,
        "programme_grade": grade,
        "sitting_grade": grade,
        "wave": wave,
        "calendar_year": year,
        "school_year": f"{year - 1}/{year % 100:02d}",
        "scale": "отметка" if marks else "100 баллов",
        "mean_score": None,
        **dict.fromkeys(COUNTS),
    }
    if marks:
        row |= dict(zip(MARK_COLUMNS, marks, strict=True), participant_count=sum(marks))
    return row | more


def results(*rows):
    """The typed table of results."""
    frame = pd.DataFrame(rows, columns=ORDER)
    return frame.astype(
        dict.fromkeys(COUNTS, "Int64")
        | {"mean_score": "Float64", "participant_count": "int64", "calendar_year": "int64"}
        | dict.fromkeys(
            ["source_file", "place", "origin", "school_login", "procedure", "subject", "wave", "scale"], "str"
        )
        | {"school_year": "str", "programme_grade": "int64", "sitting_grade": "int64"}
    )


def town_of(shares, pupils, rng, **more):
    """Results of so many schools with these true shares of «2»; the other marks are spread evenly."""
    rows = []
    for number, (share, n) in enumerate(zip(shares, pupils, strict=True)):
        marks = rng.multinomial(n, [share, *[(1 - share) / 3] * 3])
        rows.append(result(f"edu{number:03d}", tuple(map(int, marks)), **more))
    return rows


def drawn_town(rng, schools=20, mean=0.15, size=12.0, smallest=8, largest=60, **more):
    """Results of a town whose true shares are drawn from a Beta distribution; returns rows and the true shares."""
    shares = rng.beta(mean * size, (1 - mean) * size, schools)
    pupils = rng.integers(smallest, largest + 1, schools)
    return town_of(shares, pupils, rng, **more), np.asarray(shares)
