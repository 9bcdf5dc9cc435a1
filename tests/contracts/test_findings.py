"""How findings are ordered and shown."""

import re
from dataclasses import replace
from pathlib import Path

from analysis.contracts.findings import (
    RULE_TITLES,
    Finding,
    Severity,
    blocking,
    full_text,
    in_listing_order,
    screen_lines,
)

HOUSE = Path(__file__).parents[2]


def finding(rule="value", severity=Severity.BLOCKS, place="строка 1", value="2-3", stanza=""):
    return Finding(rule, severity, "data/raw/r.txt", (place,), value, "Правило.", "Дело.", stanza)


MIXED = [
    finding("slip", Severity.NOTE),
    finding("value", Severity.BLOCKS, "строка 9"),
    finding("missing_code", Severity.ATTENTION),
    finding("value", Severity.BLOCKS, "строка 2"),
    finding("heading", Severity.BLOCKS),
]


def test_the_worst_first_then_by_rule_then_as_they_stand():
    ordered = [(one.rule, one.place) for one in in_listing_order(MIXED)]
    assert ordered == [
        ("heading", "строка 1"),
        ("value", "строка 9"),
        ("value", "строка 2"),
        ("missing_code", "строка 1"),
        ("slip", "строка 1"),
    ]


def test_only_some_block():
    assert [one.rule for one in blocking(MIXED)] == ["value", "value", "heading"]


def test_the_screen_shows_the_first_few_of_a_rule_and_counts_the_rest():
    lines = list(screen_lines([finding(place=f"строка {number}") for number in range(1, 6)]))
    assert lines[0] == "БЛОКИРУЕТ · Значение не прочитано: 5"
    assert [line for line in lines if "строка" in line] == [
        f"  data/raw/r.txt: строка {number}" for number in (1, 2, 3)
    ]
    assert lines[-1] == "    … ещё 2: см. полный список"


def test_like_findings_are_joined_with_their_count_and_unlike_ones_are_not():
    other = replace(finding(place="строка 7"), explanation="Другое правило.")
    lines = list(screen_lines([*(finding(place=f"строка {number}") for number in range(1, 6)), other]))
    said = [line.strip() for line in lines if "строка" not in line and "стоит" not in line]
    assert said == [
        "БЛОКИРУЕТ · Значение не прочитано: 6",
        "таких мест: 5",
        "правило: Правило.",
        "сделать: Дело.",
        "правило: Другое правило.",
        "сделать: Дело.",
        "… ещё 2: см. полный список",
    ]
    assert [line for line in lines if "строка" in line][-1] == "  data/raw/r.txt: строка 7"


def test_the_screen_says_nothing_of_a_rest_that_is_not_there():
    assert not any("ещё" in line for line in screen_lines([finding()] * 3))


def test_the_full_text_holds_all_of_them():
    text = full_text([finding(place=f"строка {number}", stanza='[[decision]]\nwho = ""') for number in range(1, 6)])
    assert text.count("стоит:   2-3") == 5
    assert text.count('    [[decision]]\n    who = ""\n') == 5
    assert "строка 5" in text


def test_nothing_found_is_said():
    assert full_text([]) == "Замечаний нет.\n"


def test_a_value_stays_on_its_line_and_short():
    text = full_text([finding(value="а\nб" + "в" * 300)])
    (line,) = (line for line in text.splitlines() if "стоит" in line)
    assert "а ⏎ б" in line
    assert line.endswith("…")
    assert len(line) < 180


def test_every_rule_used_has_a_title():
    """A rule without one could not be listed."""
    sources = [path.read_text(encoding="utf-8") for path in (HOUSE / "analysis").rglob("*.py")]
    pattern = re.compile(r'(?:Finding|_block|_attention|_note|report)\(\s*"(\w+)"')
    used = {rule for source in sources for rule in pattern.findall(source)}
    assert len(used) > 15
    assert used <= set(RULE_TITLES)
