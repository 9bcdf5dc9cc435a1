"""What presentation writes is read back by pandoc: text from data comes out literally."""

import json
import subprocess

import pypandoc
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.presentation.markdown import escape, escape_attribute, figure, pipe_table

NASTY = [
    "**x**",
    "<script>alert(1)</script>",
    "# h",
    "$x$",
    "=1+1",
    "@fig-1",
    "a|b",
    "`code`",
    "[a](b)",
    "{{< x >}}",
    "~a~",
    "---",
]


def _read(markdown):
    done = subprocess.run(
        [pypandoc.get_pandoc_path(), "-f", "markdown", "-t", "json"],
        input=markdown.encode(),
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)["blocks"]


def _texts(node):
    if isinstance(node, dict):
        if node.get("t") == "Str":
            yield node["c"]
        elif node.get("t") in ("Space", "SoftBreak"):
            yield " "
        else:
            yield from _texts(node.get("c", []))
    elif isinstance(node, list):
        for child in node:
            yield from _texts(child)


def test_nasty_cells_stay_text():
    table = pipe_table(["a", "b"], [[text, "1"] for text in NASTY], [60, 40], "lr", "Подпись *x*", "tbl-a")
    blocks = _read(table)
    assert [block["t"] for block in blocks] == ["Table"]
    said = "".join(_texts(blocks))
    for text in [*NASTY, "Подпись *x*"]:
        assert text in said


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.text(
            st.characters(min_codepoint=32, max_codepoint=0x45F, exclude_characters="\x7f\x85\xa0\xad"), min_size=1
        ),
        min_size=1,
        max_size=40,
    )
)
def test_any_text_survives(texts):
    shown = [" ".join(text.split()) for text in texts if text.split()]
    markdown = "\n\n".join(f"x{escape(text)}x" for text in shown)
    assert ["".join(_texts(block)) for block in _read(markdown)] == [f"x{text}x" for text in shown]


def test_alternative_text_keeps_quotes_and_braces():
    markdown = figure("figures/a", "Подпись", 'Он сказал "да" {{< x >}} \\ & <b>', "fig-a")
    assert "{{<" not in markdown
    attributes = json.dumps(_read(markdown), ensure_ascii=False)
    assert json.dumps('Он сказал "да" {{< x >}} \\ & <b>', ensure_ascii=False)[1:-1] in attributes


def test_line_breaks_do_not_break_a_row():
    assert "\n" not in escape("а\nб")
    assert "\n" not in escape_attribute("а\nб")


def _shares(header: list[str], rows: list[list[str]], widths: list[int]) -> list[int]:
    table = pipe_table(header, rows, widths, "l" * len(widths), "Подпись", "tbl-a")
    return [len(dashes) for dashes in table.splitlines()[1].strip("|").split("|")]


def test_a_column_is_as_wide_as_its_longest_word():
    # Eleven bold letters of 2.4 parts and 3 of padding are 30 of 200; the others get 170 * 60 / 95 and 170 * 35 / 95.
    assert _shares(["Предмет", "вероятность", "Город"], [["а", "1 %", "б"]], [60, 5, 35]) == [107, 30, 63]
    assert _shares(["А", "Б"], [["аналитический", "б"]], [1, 99]) == [31, 169]


def test_a_range_of_numbers_stays_whole_and_words_are_counted_apart():
    assert _shares(["А", "Б"], [["12 (8,9–13,1)", "б"]], [1, 99]) == [24, 176]


def test_where_the_line_is_too_short_the_longest_words_are_cut_and_no_others():
    header = ["Стабилизировано", *["Показатель"] * 6]
    shares = _shares(header, [["1"] * 7], [10] * 7)
    assert shares[1:] == [27] * 6
    assert 27 < shares[0] < 39
    assert min(_shares(["а" * 64, "Показатель"], [["1", "2"]], [1, 99])) == 47
