"""The chapter of the supported schools: its first sentence, and which school stands first."""

from types import SimpleNamespace

import pandas as pd
import pytest

from analysis.presentation.supported import WITHOUT_VERDICT, answer, schools_by_need
from analysis.rules.methods import load_methods
from roadmaps import HOUSE

NAMES = {"a": "Школа А", "b": "Школа Б"}


def _edition(supported, names=NAMES, internal=False, effects=None):
    told = SimpleNamespace(supported=supported, school_names=names, internal=internal, calendar_year=2021)
    return SimpleNamespace(**vars(told), methods=load_methods(HOUSE), effectiveness=lambda _: effects)


@pytest.mark.parametrize(
    ("edition", "said"),
    [
        (_edition([]), "В 2021 году поддержку не получает ни одна школа."),
        (_edition(["Школа А"], {"a": "Школа А"}), "В 2021 году поддержку получает Школа А."),
        (_edition(["Школа А"]), f"В 2021 году поддержку получает Школа А. {WITHOUT_VERDICT}"),
        (_edition(list(NAMES.values()), internal=True), "В 2021 году поддержку получают: Школа А и Школа Б."),
    ],
)
def test_the_first_sentence_agrees_with_how_many_schools_there_are(edition, said):
    assert answer(edition) == said


def test_a_school_with_more_good_marks_than_the_city_does_not_stand_first():
    rows = [
        ("a", "quality_share", 1.0),
        ("a", "fail_share", 0.1),
        ("b", "quality_share", 0.0),
        ("b", "fail_share", 0.9),
    ]
    effects = pd.DataFrame(rows, columns=["school_login", "indicator_id", "above_city_probability"])
    edition = _edition(list(NAMES.values()), internal=True, effects=effects)
    assert schools_by_need(edition) == ["Школа Б", "Школа А"]
