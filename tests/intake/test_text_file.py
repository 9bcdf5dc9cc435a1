"""Text files of every office: encodings, line ends, tabs."""

import pytest

from roadmaps import assert_same_tables, blocking_rules, check, document, of_rule, the_blocking, without_addresses

TEXT = document()


@pytest.fixture
def plain(tmp_path):
    return without_addresses(check(tmp_path / "plain", TEXT))


WRITINGS = {
    "CRLF": TEXT.replace("\n", "\r\n").encode(),
    "old Mac": TEXT.replace("\n", "\r").encode(),
    "BOM": TEXT.encode("utf-8-sig"),
    "last line ends": (TEXT + "\n\n").encode(),
    "blank lines inside": TEXT.replace("\n", "\n\n \t\n").encode(),
    "no-break spaces": TEXT.replace(" ", "\u00a0").encode(),
    "cp1251": TEXT.encode("cp1251"),
}


@pytest.mark.parametrize("writing", WRITINGS)
def test_every_writing_gives_the_same_tables(writing, plain, tmp_path):
    checked = check(tmp_path, WRITINGS[writing])
    assert blocking_rules(checked) == []
    assert_same_tables(without_addresses(checked), plain)
    assert checked.tables["cells"]["text"].iloc[0] == "Утверждаю:"


def test_another_encoding_is_said(tmp_path):
    (finding,) = of_rule(check(tmp_path, WRITINGS["cp1251"]), "encoding")
    assert finding.place == "строка 1"
    assert "Windows-1251" in finding.explanation


def test_lines_are_counted_as_an_editor_counts(tmp_path):
    checked = check(tmp_path, "\r\n\r\n" + TEXT.replace("\n", "\r\n"))
    assert checked.tables["activities"]["place"].iloc[0] == "строка 10"


def test_spaces_in_place_of_tabs_are_named(tmp_path):
    """Blank cells cannot be told from runs of spaces, so nothing is guessed."""
    finding = the_blocking(check(tmp_path, TEXT.replace("\t", "    ")))
    assert finding.rule == "columns"
    assert "ни одной строки с табуляцией" in finding.explanation
