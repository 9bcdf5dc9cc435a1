"""data/selection.toml: what is misspelt is named and not left out."""

import pytest

from analysis.errors import AnalysisError
from analysis.rules.methods import SELECTION_FILE, load_passport, load_rules
from roadmaps import HOUSE


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "alternative_thresholds",
            "alternative_treshold",
            "№ 1 (same_procedure_twice): ключа «alternative_treshold» здесь",
        ),
        ("subjects = ", "grade = 5\nsubjects = ", "[[procedure]] № 1: ключа «grade» здесь не бывает."),
    ],
)
def test_a_key_that_nobody_reads_is_named(tmp_path, old, new, said):
    text = (HOUSE / SELECTION_FILE).read_text(encoding="utf-8")
    assert f"\n{old}" in text
    (tmp_path / "data").mkdir()
    (tmp_path / SELECTION_FILE).write_text(text.replace(f"\n{old}", f"\n{new}", 1), encoding="utf-8")
    with pytest.raises(AnalysisError) as stopped:
        load_rules(tmp_path, load_passport(HOUSE))
    assert said in str(stopped.value)
