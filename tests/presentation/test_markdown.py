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
