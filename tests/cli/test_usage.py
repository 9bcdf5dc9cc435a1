"""What the command line says is Russian, whatever is typed, and the nearest right name comes first."""

import argparse
import ast
import re
import subprocess
import sys
from gettext import gettext, ngettext
from pathlib import Path

import pytest

import analysis
from analysis.cli import TEXTS, Parser, _parser, main
from analysis.errors import nearest
from analysis.project.publication import AUDIENCES, ENGINES, FORMATS
from analysis.rules.documents import KINDS

PACKAGE = Path(analysis.__file__).parent
# Latin words that are names: of programs, formats and keys, and parts of what is typed in the examples.
NAMES = {"Quarto", "PDF", "Excel", "Ctrl", "city", "demo", "inbox", "reports-2026"}
# What argparse says to whoever writes a parser, never to whoever types a command.
OF_PROGRAMMERS = (
    r"\.__call__|conflict|cannot (merge|have)|'required' is|invalid option string|dest=|mutually exclusive|"
    r"is not callable|argument \"-\""
)
# A word of a language, not a path, a key of a file, a code of a cell or an option.
WORD = re.compile(r"(?<![\w./\\@!<{=-])[A-Za-z]{2,}+(?:-\w+)*+(?![\w/\\@!=(}]|[.:]\S)")


def _parsers(parser):
    """The parser and those of all its commands."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                yield from _parsers(one)


PARSERS = list(_parsers(_parser()))
COMMANDS = [one.prog.split()[-1] for one in PARSERS]

# The words after which a value stands that is read, and not taken as it is.
READ = [
    [*parser.prog.split()[1:], *action.option_strings[:1]]
    for parser in PARSERS
    for action in parser._actions
    if action.type not in (None, Path)
]


def english(text):
    typed = {*COMMANDS, *KINDS, *FORMATS, *ENGINES, *AUDIENCES, *NAMES}
    return [word for word in WORD.findall(text) if word not in typed]


def said(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    captured = capsys.readouterr()
    return ended.value.code, captured.out + captured.err


def test_the_test_itself_sees_english_and_passes_names():
    assert english("Ошибка: the file output/x.toml и --help") == ["the", "file"]
    assert english("analysis report 2021 --format pdf, 'tbl-targets-1@2021!M2', C:\\reports\\city") == []


@pytest.mark.parametrize("parser", PARSERS, ids=COMMANDS)
def test_all_help_is_russian(parser):
    text = parser.format_help()
    assert text.startswith("Использование: ")
    assert english(text) == []
    valued = [one for one in parser._actions if one.nargs != 0]
    assert [one for one in valued if not re.fullmatch("[А-Я|@!]+", one.metavar)] == []


def test_every_command_says_what_it_does():
    assert len(COMMANDS) > 9
    assert [one.prog for one in PARSERS if not one.description or not re.match("[А-Я]", one.description)] == []
    assert {type(one) for one in PARSERS} == {Parser}


@pytest.mark.parametrize("words", READ, ids=" ".join)
def test_a_value_that_does_not_fit_is_told_in_russian(words, capsys):
    code, text = said(capsys, *words, "?")
    assert (code, english(text)) == (2, [])
    assert "стоит «?», а " in text


def test_every_value_that_is_read_is_tried():
    assert len(READ) > 11


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["chek"], "команды «chek» нет. Вероятно, имелось в виду «check»."),
        (["--projct", "x", "check"], "ключа «--projct» здесь нет. Вероятно, имелось в виду «--project»."),
        (["--project", "chek", "chek"], "команды «chek» нет. Вероятно, имелось в виду «check»."),
        (["zzz"], "команды «zzz» нет. Есть: check, build"),
        (["documents", "--knid", "meeting"], "ключа «--knid» здесь нет. Вероятно, имелось в виду «--kind»."),
        (["documents", "2021", "—kind", "meeting"], "Вероятно, имелось в виду «--kind»."),
        (["documents", "2021", "--kind", "meting"], "Вероятно, имелось в виду «meeting»."),
        (["report", "--format", "html,pfd"], "стоит «pfd», а бывает: html, pdf, docx. Вероятно, имелось в виду «pdf»."),
        (["report", "--format", ","], "стоит «», а бывает: html, pdf, docx."),
        (["report", "--engine", "QUARTO"], "Вероятно, имелось в виду «quarto»."),
        (["documents"], "в команде не хватает: ГОД"),
        (["documents", "2021", "--kind"], "--kind: после этого ключа нужно значение"),
        (["check", "--annotate=да"], "--annotate: после этого ключа значения не бывает, а стоит да"),
        (["receive", "--ye"], "подходят --year, --yes"),
        (["build", "2021"], "лишнее в команде: 2021"),
        (["new", "x", "--years", "2025-2023"], "стоит «2025-2023», а нужны годы, например 2023-2025."),
        (["receive", "--received", "31.02.2022"], "стоит «31.02.2022», а нужен день, например 20.01.2022"),
    ],
)
def test_wrong_usage_is_told_in_russian_with_the_right_name(words, expected, capsys):
    code, text = said(capsys, *words)
    assert code == 2
    assert expected in text
    assert [word for word in english(text) if word not in " ".join(words)] == []
    assert "Справка: analysis" in text


def test_a_year_is_never_taken_for_an_option_and_a_value_is_no_command(capsys):
    options = _parser().parse_args(["--project", "report", "documents", "2021", "--school", "edu1", "--kind=meeting"])
    assert (options.project, options.year, options.schools, options.kinds) == (
        Path("report"),
        2021,
        ["edu1"],
        ("meeting",),
    )
    assert "стоит «-5», а нужен год" in said(capsys, "documents", "-5")[1]


def test_every_text_of_argparse_that_people_may_see_is_translated():
    tree = ast.parse(Path(argparse.__file__).read_text(encoding="utf-8"))
    calls = [
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "ngettext")
        if isinstance(node.args[0], ast.Constant)
    ]
    assert len(calls) > 25
    assert [text for text in calls if text not in TEXTS and not re.search(OF_PROGRAMMERS, text)] == []
    assert english(re.sub(r"%\(\w+\)\w|%\w", "", " ".join(TEXTS.values()))) == []


def test_argparse_is_left_as_it_was(capsys):
    _parser().parse_args(["check"])
    said(capsys, "chek")
    said(capsys, "--help")
    assert (argparse._, argparse.ngettext) == (gettext, ngettext)


@pytest.mark.parametrize(
    ("asked", "known", "found"),
    [
        ("ДОЛЯ", ["доля", "среднее"], ["доля"]),
        ("СОШ 12", ["СОШ № 12", "Лицей № 1"], ["СОШ № 12"]),
        ("1.4", ["4.1", "2.2"], []),
        (2012, [2020, 2021], ["2021"]),
        ("x", [], []),
    ],
)
def test_the_nearest_name(asked, known, found):
    assert nearest(asked, known) == found


# ── what the package says while it works and where it stops, in modules to come as well ──

ERRORS = r"(Analysis|Rules|Publishing|Blocked|ArgumentType)Error$"


def _texts(names):
    """The texts given to calls of such names anywhere in the package, with a gap where a value stands."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "attr", getattr(getattr(node, "func", None), "id", ""))
            if isinstance(node, ast.Call) and re.search(names, name):
                parts = [one for given in node.args for one in ast.walk(given) if isinstance(one, ast.Constant)]
                text = "…".join(str(one.value) for one in parts if isinstance(one.value, str))
                if text.strip(" :…"):
                    yield path.name, text


def test_progress_is_told_in_russian():
    told = list(_texts(r"^(step|say)$"))
    assert len(told) > 12
    assert [(file, text) for file, text in told if english(text) or not re.search("[а-яё]", text)] == []


def test_errors_are_no_english_sentences():
    told = list(_texts(ERRORS))
    assert len(told) > 60
    assert [(file, text) for file, text in told if re.search(r"\b[a-z]+ [a-z]+ [a-z]+\b", text)] == []


def test_help_is_quick_because_nothing_heavy_is_loaded():
    code = "import sys\nfrom analysis.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit: pass\n"
    code += "sys.exit(' '.join({'pandas', 'numpy', 'pydantic', 'tqdm', 'IPython', 'pyarrow'} & set(sys.modules)) or 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
