"""The log of assumptions as files of the project."""

import pytest

from analysis.errors import AnalysisError
from analysis.rules.office_files import ASSUMPTION_FILES, load_assumptions, load_red_share
from analysis.rules.written import RATINGS
from roadmaps import HOUSE

ENTRY = """[[assumption]]
id = "А-1"
text = "Год полон."
used_in = "План"
basis = "Правило проекта"
reliability = "жёлтый"
impact = "красный"
confirmed = false
since = 2021-01-31
"""


def _written(folder, text, own=""):
    (folder / "data").mkdir()
    for file, content in zip(ASSUMPTION_FILES, (text, own), strict=True):
        (folder / file).write_text(content, encoding="utf-8")
    return folder


def test_every_rule_that_is_not_confirmed_is_in_the_log_as_such():
    doubtful = {
        f"data/{path.name}"
        for path in (HOUSE / "data").glob("*.toml")
        if path.name not in ("assumptions.toml", "own_assumptions.toml")
        and "confirmed = false" in path.read_text("utf-8")
    }
    named = {rule for one in load_assumptions(HOUSE) if not one.confirmed for rule in one.rules}
    assert {"data/calendar.toml", "data/disclosure.toml"} <= doubtful
    assert doubtful <= named


def test_the_rules_of_unclear_origin_are_named():
    said = " ".join(one.text for one in load_assumptions(HOUSE) if not one.confirmed)
    for words in ("по каким предметам", "меньше пяти", "весами 100, 64, 36, 16 и 7", "не меньше 30 %", "31 января"):
        assert words in said


def test_the_real_project_has_its_own_after_those_of_every_project():
    ids = [one.assumption_id for one in load_assumptions(HOUSE)]
    assert ids[0] == "Д-01"
    assert ids[-1] == "К-08"


def test_a_project_without_files_assumes_nothing_it_has_written_down(tmp_path):
    assert load_assumptions(tmp_path) == ()
    assert load_red_share(tmp_path) == 0.1


def test_ratings_are_three_words():
    assert RATINGS == ("зелёный", "жёлтый", "красный")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"жёлтый"', '"оранжевый"', "№ 1 .*: ключ «reliability»: стоит «оранжевый», нужно одно из: зелёный"),
        ('basis = "Правило проекта"\n', "", "нет ключа «basis»"),
        ('"Год полон."', '" "', "ключ «text» пуст"),
        ("confirmed = false", 'confirmed = "нет"', "true или false"),
        ("since = 2021-01-31", 'since = "вчера"', "дата вида"),
    ],
)
def test_a_broken_entry_is_named(tmp_path, old, new, said):
    with pytest.raises(AnalysisError, match=said):
        load_assumptions(_written(tmp_path, ENTRY.replace(old, new)))


def test_one_id_stands_for_one_assumption_in_both_files(tmp_path):
    with pytest.raises(AnalysisError, match="own_assumptions.toml.*«А-1» уже есть"):
        load_assumptions(_written(tmp_path, ENTRY, ENTRY))


@pytest.mark.parametrize("share", ["0", "1.5", '"много"', "true"])
def test_a_share_that_is_none_is_refused(tmp_path, share):
    with pytest.raises(AnalysisError, match="red_share"):
        load_red_share(_written(tmp_path, f"[data_rating]\nred_share = {share}\n"))


def test_the_share_of_the_project_is_read(tmp_path):
    assert load_red_share(_written(tmp_path, "[data_rating]\nred_share = 0.25\n")) == 0.25
