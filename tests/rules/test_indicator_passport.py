"""The passport of indicators: every fault names file and key, and nothing outside it is printed."""

import re
from pathlib import Path

import pytest

from analysis.errors import AnalysisError
from analysis.rules.methods import PASSPORT_FILE, load_passport

HOUSE = Path(__file__).parents[2]
TEXT = (HOUSE / PASSPORT_FILE).read_text(encoding="utf-8")


def _load(tmp_path, text):
    (tmp_path / "data").mkdir()
    (tmp_path / PASSPORT_FILE).write_text(text, encoding="utf-8")
    return load_passport(tmp_path)


def test_the_projects_passport_holds_every_indicator_of_the_list():
    ids = {one.id for one in load_passport(HOUSE).indicators}
    assert {"success_share", "quality_share", "fail_share", "learning_degree", "mean_mark"} <= ids
    assert {"journal_lower_share", "below_minimum_share", "mean_score", "deficit_share"} <= ids
    assert {
        "self_assessment_score",
        "contest_count",
        "own_measures_done_share",
        "vacancy_share",
        "trained_share",
    } <= ids


def test_no_formula_of_the_project_claims_to_be_official():
    indicators = load_passport(HOUSE).indicators
    assert indicators
    assert [one.id for one in indicators if one.formula_confirmed or one.threshold_confirmed] == []


def test_a_project_without_the_file_has_no_passport(tmp_path):
    assert load_passport(tmp_path) is None


def test_what_the_passport_does_not_know_cannot_be_printed():
    passport = load_passport(HOUSE)
    assert passport["fail_share"].name == "Доля «2»"
    with pytest.raises(AnalysisError, match="показателя rating в паспорте нет"):
        passport["rating"]
    with pytest.raises(AnalysisError, match="a, b"):
        passport.require(["b", "fail_share", "a"])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "success_share"\n', "", "№ 1: нет ключа «id»"),
        ('kind = "доля"\n', 'kind = "проценты"\n', "(success_share): ключ «kind»: стоит «проценты»"),
        ('table = "results"\n', 'table = "pupils"\n', "ключ «table»: стоит «pupils»"),
        ('"mark_3_count", ', '"mark_1_count", ', "«mark_1_count» в таблице results нет"),
        ('denominator = ["participant_count"]\n', "denominator = []\n", "у числа нет знаменателя"),
        ("threshold = 0.30", "threshold = 30", "ключ «threshold»: стоит 30"),
        ("weights = [16, 36, 64, 100, 7]", "weights = [16, 36]", "ключ «weights»: стоит [16, 36]"),
        ("weights = [16, 36, 64, 100, 7]", "weights = [1, 1, 1, 1, 1]", "нужны разные числа"),
        ('direction = "больше — лучше"\n', "", "нет ключа «direction»"),
        ("\nthreshold = 0.30", "\ntreshold = 0.30",
         "(fail_share): ключа «treshold» здесь не бывает. Вероятно, имелось в виду «threshold»"),
        ("small_base = 10", "small_base = 10\nfoo = 1", "[method]: ключа «foo» здесь не бывает. Исправьте"),
        ('id = "quality_share"', 'id = "success_share"', "«success_share» описан дважды"),
        ('version = "1"', "version = 1", "[passport]: ключ «version»: стоит 1"),
        ('interval_note = "разброс баллов не сообщают"\nstabilise = false',
         'interval_note = "x"\nstabilise = true', "по всем результатам вместе оценивают только доли"),
        ('interval = "нет"\ninterval_note = "разброс', 'interval = "Джеффрис"\ninterval_note = "разброс',
         "интервал бывает у доли и среднего"),
    ],
)  # fmt: skip
def test_a_fault_names_file_entry_and_key(tmp_path, old, new, said):
    assert old in TEXT
    with pytest.raises(AnalysisError, match=re.escape(said)) as raised:
        _load(tmp_path, TEXT.replace(old, new, 1))
    assert PASSPORT_FILE in str(raised.value)


def test_a_passport_of_the_former_method_opens_and_its_keys_decide_nothing(tmp_path):
    former = (
        'stabilisation = "Способ"\nstabilisation_basis = "Источник"\nfewest_schools = 10\nlargest_spread_error = 1.0\n'
    )
    found = _load(tmp_path, TEXT.replace("small_base = 10", f"{former}small_base = 10", 1))
    assert found.method.small_base == 10
    assert found.indicators == load_passport(HOUSE).indicators
