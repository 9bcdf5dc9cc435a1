"""What the sheets of the forms ask for is read whole from `forms.toml`."""

import tomllib
from pathlib import Path

from analysis.contracts import facts

WRITTEN = tomllib.loads(Path(facts.__file__).with_name("forms.toml").read_text(encoding="utf-8"))
KEYS = {"title", "columns", "key", "spare_rows", "sometimes", "how_to_fill", "only_help", "begins_with"}


def test_no_key_of_the_file_is_passed_over():
    sheets = {name: said for name, said in WRITTEN.items() if name not in ("hints", "sitting")}
    assert {key for said in sheets.values() for key in said} == KEYS
    assert facts.SHEETS.keys() == sheets.keys()


def test_every_column_to_choose_from_has_its_words():
    columns = [one for sheet in facts.SHEETS.values() for one in sheet.every_column if one.kind == "choice"]
    blank = {one.name for one in columns if not one.choices}
    assert len(columns) == 7
    assert blank == {"measure_label"}, "of these alone each form has its own"


def test_what_only_helps_is_not_looked_for():
    assert facts.ACCEPTANCE.needed_columns == {"evidence_id", "verdict", "verdict_by", "verdict_date", "reason"}


def test_results_of_both_scales_begin_with_the_sitting():
    names = [[column.name for column in sheet.columns][:5] for sheet in (facts.RESULTS, facts.SCORES)]
    assert names == [["procedure", "subject", "programme_grade", "sitting_grade", "wave"]] * 2
