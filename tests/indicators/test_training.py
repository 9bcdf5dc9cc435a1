"""Topics of training from deficits, counted by hand and against a simulation."""

import numpy as np
import pandas as pd
import pytest

from analysis.contracts.dictionary import violations
from analysis.contracts.effectiveness import EFFECTIVENESS_TABLES
from analysis.indicators.tables import places, training_needs


def _needs(*rows):
    columns = ["school_login", "calendar_year", "competence", "diagnosed_teacher_count", "deficit_teacher_count"]
    frame = pd.DataFrame(rows, columns=columns).astype(
        {"school_login": "str", "competence": "str"}
        | dict.fromkeys(["calendar_year", "diagnosed_teacher_count", "deficit_teacher_count"], "int64")
    )
    found = training_needs(frame, 10)
    assert violations({"training_needs": found}, EFFECTIVENESS_TABLES) == []
    return found.set_index("competence")


def test_teachers_and_schools_of_a_topic():
    found = _needs(("s1", 2021, "Оценивание", 20, 12), ("s2", 2021, "Оценивание", 10, 0), ("s1", 2021, "Урок", 20, 2))
    row = found.loc["Оценивание"]
    assert (row["diagnosed_teacher_count"], row["deficit_teacher_count"], row["value"]) == (30, 12, 0.4)
    assert (row["diagnosed_school_count"], row["deficit_school_count"], row["deficit_schools"]) == (2, 1, "s1")
    assert found.index.tolist() == ["Оценивание", "Урок"]
    assert row["expected_rank"] < 1.02


def test_places_against_a_simulation():
    count, base = np.array([6.0, 8.0, 2.0]), np.array([20.0, 20.0, 10.0])
    draws = np.random.default_rng(1).beta(count + 0.5, base - count + 0.5, (200_000, 3))
    rank = (draws[:, None, :] > draws[:, :, None]).sum(axis=2)
    expected = np.stack([(rank == place).mean(axis=0) for place in range(3)], axis=1)
    assert places(count, base) == pytest.approx(expected, abs=0.005)
    assert places(count, base).sum(axis=0) == pytest.approx(np.ones(3), abs=0.005)


def test_topics_that_cannot_be_told_apart_share_their_places():
    found = _needs(*(("s1", 2021, name, 12, 4) for name in ("А", "Б", "В", "Г")))
    assert found["expected_rank"].tolist() == pytest.approx([2.5] * 4, abs=0.01)
    assert (found["rank_low"].tolist(), found["rank_high"].tolist()) == ([1] * 4, [4] * 4)
    assert found["top_probability"].tolist() == pytest.approx([0.75] * 4, abs=0.01)


def test_a_topic_that_nobody_was_diagnosed_for_has_no_place():
    found = _needs(("s1", 2021, "А", 0, 0), ("s1", 2021, "Б", 3, 3))
    assert pd.isna(found.loc["А", "value"])
    assert pd.isna(found.loc["А", "rank_low"])
    assert found.loc["А", "flags"] == "недостаточно данных: диагностику никто не прошёл"
    assert (found.loc["Б", "value"], found.loc["Б", "expected_rank"]) == (1, 1)
    assert found.loc["Б", "flags"] == "мало участников: меньше 10"


def test_one_empty_year_and_no_rows_at_all():
    assert _needs(("s1", 2021, "А", 0, 0))["expected_rank"].isna().all()
    assert _needs().empty


def test_years_stay_apart():
    found = _needs(("s1", 2021, "А", 20, 5), ("s1", 2022, "А", 20, 15))
    assert found["value"].tolist() == [0.25, 0.75]
