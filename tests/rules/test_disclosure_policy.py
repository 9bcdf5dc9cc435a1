"""The disclosure policy as a file of the project."""

import pytest

from analysis.errors import AnalysisError
from analysis.rules.office_files import DEFAULT_POLICY, DISCLOSURE_FILE, load_policy
from analysis.rules.written import DEFAULT_RULE
from analysis.starter import NewProject, new_project
from roadmaps import HOUSE


def _written(folder, text):
    (folder / "data").mkdir()
    (folder / "data/disclosure.toml").write_text(text, encoding="utf-8")
    return folder


def test_the_real_project_masks_counts_under_five_and_rates_under_ten():
    policy = load_policy(HOUSE)
    assert (policy.smallest_count, policy.smallest_base, policy.confirmed) == (5, 10, False)


def test_a_new_project_gets_the_same_file():
    begun = new_project(NewProject("город Светлый", "УО", (2023,)))
    assert begun[DISCLOSURE_FILE] == (HOUSE / DISCLOSURE_FILE).read_bytes()


def test_what_nobody_approved_is_said_to_be_a_default(tmp_path):
    text = (HOUSE / DISCLOSURE_FILE).read_text(encoding="utf-8")
    assert load_policy(HOUSE).ground.endswith(f" ({DEFAULT_RULE})")
    approved = load_policy(_written(tmp_path, text.replace("\ndefault = true\n", "\n")))
    assert approved.ground.endswith("11 человек (не подтверждено нормативно)")
    assert DEFAULT_POLICY.default


def test_without_a_file_the_default_holds_and_not_nothing(tmp_path):
    assert load_policy(tmp_path) == DEFAULT_POLICY
    assert (DEFAULT_POLICY.smallest_count, DEFAULT_POLICY.smallest_base) == (5, 10)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("smallest_count = 5", "smallest_count = 0", "не меньше 2"),
        ("smallest_count = 5", "smallest_count = 11", "второе не меньше первого"),
        ("smallest_base = 10", "", "нет ключа «smallest_base»"),
        ("smallest_count = 5", 'smallest_count = "5"', "целое число"),
        ("largest_share = 95", "largest_share = 40", "нужно больше 50"),
        ("stops = []", 'stops = ["все"]', "бывает: dominance, one_mark"),
        ("[disclosure]", "[other]", "ключа «other» здесь не бывает. Исправьте"),
    ],
)
def test_a_broken_policy_is_refused(tmp_path, old, new, said):
    with pytest.raises(AnalysisError, match=said):
        load_policy(_written(tmp_path, (HOUSE / DISCLOSURE_FILE).read_text(encoding="utf-8").replace(old, new)))
