"""Any plan that the model can express, written in a layout, reads back the same; no damage loses a cell in silence."""

import contextlib

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.contracts.dictionary import broken_relations, violations
from analysis.contracts.execution import TYPED_TABLES
from analysis.errors import AnalysisError
from plan_documents import SIGNED, document, merged, read, rows
from word_documents import table

CHEAP = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
YEARS = (2024, 2025, 2026)
HEADING = [*SIGNED, "План поддержки школ на 2024-2026 годы"]
COUNTS = st.integers(0, 900)
# How a target is written, and what is read of it: low, high, mark.
WRITTEN = st.one_of(
    COUNTS.map(lambda n: (str(n), n, n, None)),
    COUNTS.map(lambda n: (f"не менее {n}", n, None, None)),
    COUNTS.map(lambda n: (f"не более {n}", None, n, None)),
    st.tuples(COUNTS, st.integers(1, 99)).map(lambda two: (f"от {two[0]} до {sum(two)}", two[0], sum(two), None)),
    st.sampled_from(
        [("", None, None, "не указано"), ("–", None, None, "не планируется"), ("х", None, None, "не применимо")]
    ),
)
NAMES = st.sampled_from(["Курсы", "Встречи", "Кружки", "Пары"])
MEASURE = st.fixed_dictionaries(
    {"name": NAMES, "years": st.tuples(*[WRITTEN] * 3).filter(lambda years: any(year[0] for year in years)),
     "who": st.sampled_from(["ИМЦ", "ИМЦ, школы"])}
)  # fmt: skip
PLAN = st.fixed_dictionaries(
    {"measures": st.lists(st.lists(MEASURE, min_size=1, max_size=3), min_size=1, max_size=3),
     "unit": st.sampled_from(["", "шт.", "чел."]), "codes": st.sampled_from(["dotted", "whole", "none"]),
     "tasks": st.sampled_from(["numbered", "Roman", "titles", "none"]), "order": st.permutations(range(4)),
     "as_word": st.booleans()}
).filter(lambda plan: (plan["codes"] == "dotted") <= (plan["tasks"] in ("numbered", "Roman")))  # fmt: skip


def lines_of(plan) -> tuple[list[str], list[list[str]]]:
    """Heading and rows of the plan; a row of one text is a task."""
    columns = [("Мероприятие",), ("Ед. изм.",) if plan["unit"] else (), ("2024 г.", "2025", "план на 2026 год"),
               ("Исполнитель",)]  # fmt: skip
    coded = ["№"] if plan["codes"] != "none" else []
    heading = coded + [name for place in plan["order"] for name in columns[place]]
    drawn: list[list[str]] = []
    number = 0
    for task, measures in enumerate(plan["measures"], start=1):
        title = f"Направление работы {'абв'[task - 1]}"
        first = {"numbered": f"{task}. {title}", "Roman": f"{'I' * task}. {title}", "titles": title, "none": ""}
        drawn += [[first[plan["tasks"]]]] if plan["tasks"] != "none" else []
        for place, one in enumerate(measures, start=1):
            number += 1
            code = {"dotted": [f"{task}.{place}"], "whole": [str(number)], "none": []}[plan["codes"]]
            parts = [[f"{one['name']} {number}"], [plan["unit"]] if plan["unit"] else [],
                     [year[0] for year in one["years"]], [one["who"]]]  # fmt: skip
            drawn.append(code + [text for where in plan["order"] for text in parts[where]])
    return heading, drawn


def written_as(plan) -> tuple[bytes, str]:
    heading, drawn = lines_of(plan)
    if plan["as_word"]:
        body = [merged(line[0], len(heading)) if len(line) == 1 else rows(" | ".join(line))[0] for line in drawn]
        return document(table(*rows(" | ".join(heading)), *body)), "plan.docx"
    wide = [line + [""] * (len(heading) - len(line)) for line in (heading, *drawn)]
    return "\n".join([*HEADING, *map("\t".join, wide)]).encode(), "plan.txt"


def value_of(number):
    return None if pd.isna(number) else number


@CHEAP
@given(PLAN)
def test_a_plan_reads_back_as_it_was_written(plan):
    tables, _ = read(*written_as(plan))
    measures = [one for task in plan["measures"] for one in task]
    targets = tables["targets"]
    assert len(tables["measures"]) == len(measures)
    assert [(value_of(low), value_of(high), value_of(mark)) for low, high, mark in
            zip(targets["target_low"], targets["target_high"], targets["target_mark"], strict=True)] == [
        year[1:] for one in measures for year in one["years"]
    ]  # fmt: skip
    names = [f"{one['name']} {number}" for number, one in enumerate(measures, start=1)]
    assert list(tables["activities"]["activity_title"]) == names
    assert list(tables["executors"]["executor_name"]) == [name for one in measures for name in one["who"].split(", ")]
    assert tables["activities"]["task_code"].nunique() == (1 if plan["tasks"] == "none" else len(plan["measures"]))
    assert set(map(value_of, tables["measures"]["measure_unit"])) == {plan["unit"] or None}
    assert violations(tables, TYPED_TABLES) == []
    assert broken_relations(tables) == []


DAMAGE = st.lists(
    st.tuples(st.sampled_from(["lose", "repeat", "blank", "drop", "words"]), st.integers(0, 40), st.integers(0, 8)),
    max_size=3,
)


@CHEAP
@given(PLAN, DAMAGE)
def test_no_damage_loses_a_cell_in_silence(plan, damage):
    heading, drawn = lines_of(plan)
    lines = [list(line) for line in (heading, *drawn)]
    for kind, where, cell in damage:
        line = lines[where % len(lines)] if lines else []
        if kind == "lose" and lines:
            lines.pop(where % len(lines))
        elif kind == "repeat" and lines:
            lines.insert(where % len(lines), line)
        elif line and kind in ("blank", "words"):
            line[cell % len(line)] = "" if kind == "blank" else "по особому 5 распоряжению"
        elif len(line) > 1:
            line.pop(cell % len(line))
    text = "\n".join([*HEADING, *("\t".join([*line, ""]) for line in lines)])
    with contextlib.suppress(AnalysisError):
        tables, findings = read(text.encode(), "plan.txt")
        held = sorted(cell for line in lines for cell in line if cell.strip())
        kept = tables["cells"]["text"].tolist()
        assert [cell for cell in held if cell not in kept] == []
        assert len(kept) == len(held) + len(HEADING)
        unread = set(tables["cells"].loc[tables["cells"]["role"] == "unread", "place"])
        named = {place for one in findings for place in one.places}
        assert [place for place in unread if not {place, place.partition(",")[0]} & named] == []


@pytest.mark.parametrize("count", [200])
def test_two_hundred_measures_are_read_whole(count):
    lines = [f"1.{number} | Встреча {number} | {number % 7} | 2 | 3 | ИМЦ" for number in range(1, count + 1)]
    tables, _ = read(document(table(*rows("№ | Мероприятие | 2024 | 2025 | 2026 | Исполнитель", *lines))))
    assert len(tables["measures"]) == count
    assert list(tables["targets"]["target_low"])[::3] == [number % 7 for number in range(1, count + 1)]


TEXTS = st.sampled_from(
    ["", "0", "1", "-", "х", "не менее 3", "5 %", "ежегодно", "май 2024", "I", "а)", "1.1", "2.", "Итого", "№", "2024",
     "Срок", "Мероприятие", "Результат", "+", "да", "1; 2", "10-20", "до 5", "Исполнитель", "2024 год", "IV квартал",
     "‹автонумерация›", "9" * 24, "2024-2026", "Задача 1", "31.02.2024", "0,5", "Всего", "Базовое значение", "Ед. изм."]
)  # fmt: skip
LINES = st.lists(st.lists(TEXTS, min_size=1, max_size=8).map("\t".join), max_size=10)


@settings(CHEAP, max_examples=30)
@given(LINES, st.booleans(), st.booleans())
def test_no_cells_break_the_reader(lines, headed, named):
    columns = ["№\tМероприятие\tСрок\tРезультат\t2024\t2025\t2026\tИсполнитель"] if named else []
    with contextlib.suppress(AnalysisError):
        tables, _ = read("\n".join([*(HEADING if headed else []), *columns, *lines]).encode(), "plan.txt")
        assert violations({"targets": tables["targets"]}, TYPED_TABLES) == []


WORD_FILE = document(table(*rows("№ | Мероприятие | 2024 | 2025 | 2026", "1 | Курсы | 1 | 2 | 3")))


@settings(CHEAP, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, len(WORD_FILE) - 1), st.integers(0, 255)), max_size=5))
def test_no_damaged_file_breaks_the_reader(changes):
    damaged = bytearray(WORD_FILE)
    for position, value in changes:
        damaged[position] = value
    with contextlib.suppress(AnalysisError):
        read(bytes(damaged))
