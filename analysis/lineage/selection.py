"""Selection and topics of training: the rule behind a row, and the results or deficits that it was held against."""

from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.contracts.effectiveness import LOW_WORDS
from analysis.contracts.school_facts import RESULT_KEY
from analysis.lineage.ground import Ground
from analysis.lineage.indicators import precise
from analysis.lineage.school_rows import about_words, number_words, row_chain, value_words
from analysis.presentation.row_keys import selection_key, threshold_key, training_key
from analysis.presentation.words import Row, rows_of
from analysis.rules.defaults import bracketed, doubt
from analysis.rules.selection_rules import NO_REPETITION, SELECTION_FILE, RuleSet

Cells = Mapping[str, str]
UNKNOWN = LOW_WORDS[2]
ABOUT = ("procedure", "subject", "programme_grade", "wave")
OF_SELECTION = ("selection", "selection_thresholds", "training_needs")
OFFICE_ONLY = "строки, из которых это получено, — служебные: analysis explain '{asked}'"
RANK_RULE = (
    "место темы — по доле учителей с дефицитом среди диагностированных; «от–до» и вероятность первых трёх — из "
    "распределений Джеффриса всех тем года, темы независимы"
)


def is_of_selection(cells: Cells) -> bool:
    """Whether a printed row is about a rule of selection or a topic of training."""
    return "rule_id" in cells or {"competence", "top_probability"} <= cells.keys()


def selection_cell_chain(cells: Cells, year: int, office: bool, ground: Ground) -> Iterator[str]:
    """What a printed row rests on.

    Args:
        cells: The row as published, as text.
        year: The year of the report.
        office: Whether the report is the office's own. A public row shows no row behind it, because from these a
            hidden number could be told; it names the question that shows them.
        ground: What chains stand on.
    """
    if "rule_id" in cells and "procedure" in cells:
        yield from _printed_hit(cells, year, office, ground)
        return
    for key, row in keyed(ground).items():
        if _is_row(cells, row, year):
            yield from selection_chain(key, row, ground)


def keyed(ground: Ground) -> dict[str, Row]:
    """The rows of selection, other thresholds and topics by the keys that sentences name (`row_keys`)."""
    makers = dict(zip(OF_SELECTION, (selection_key, threshold_key, training_key), strict=True))
    return {
        make(row): row for table, make in makers.items() for row in rows_of(ground.tables.get(table, pd.DataFrame()))
    }


def selection_chain(key: str, row: Row, ground: Ground) -> Iterator[str]:
    """The chain of a row by its key: of a school under a rule, of another threshold, or of a topic."""
    table = key.partition(" | ")[0]
    if table == "selection":
        return _listed(row, ground)
    return _moved(row, ground) if table == "selection_thresholds" else _topic(row, ground)


def _is_row(cells: Cells, row: Row, year: int) -> bool:
    """Whether a printed row is this one; cells are text as CSV writes it."""
    names = [name for name in ("rule_id", "school_login", "threshold", "competence") if cells.get(name)]
    wanted = int(cells.get("calendar_year") or year)
    return row["calendar_year"] == wanted and all(name in row and str(row[name]) == cells[name] for name in names)


def _listed(row: Row, ground: Ground) -> Iterator[str]:
    """A school under a rule: the answer, and the procedures of the year and, where they matter, of the year before."""
    rule = _rule_of(row, ground)
    yield f"правило: {_rule_words(rule)}"
    low = f"низких {row['low_procedure_count']} из {row['known_procedure_count']}"
    name = ground.school_names.get(row["school_login"], row["school_login"])
    yield f"{name}, {row['calendar_year']} год: {row['listed']}: {row['reason']}; {low}"
    if row["leaving"]:
        yield f"выход из списка: {row['leaving']}{'; ' if row['leaving_note'] else ''}{row['leaving_note']}"
    back = 1 if row["leaving"] or rule.repetition != NO_REPETITION else 0
    for year in range(row["calendar_year"], row["calendar_year"] - 1 - back, -1):
        yield from _hits(_hits_of(row["rule_id"], row["school_login"], year, ground), ground)


def _moved(row: Row, ground: Ground) -> Iterator[str]:
    """Another threshold: the schools that it would change, each with the shares between the two thresholds."""
    rule = _rule_of(row, ground)
    yield f"правило: {_rule_words(rule)}"
    asked = number_words(float(row["threshold"]))
    undecided = f"нельзя сказать: {row['undecided_school_count']}"
    yield f"при пороге {asked} в списке школ: {row['listed_school_count']}, {undecided}"
    low, high = sorted((float(row["threshold"]), rule.threshold))
    for word, column in (("вошла бы", "entering_schools"), ("выпала бы", "leaving_schools")):
        for login in filter(None, str(row[column]).split(", ")):
            yield f"{word} {ground.school_names.get(login, login)}: доли от {number_words(low)} до {number_words(high)}"
            rows = _hits_of(row["rule_id"], login, row["calendar_year"], ground)
            between = [one for one in rows if not pd.isna(one["value"]) and low <= one["value"] < high]
            yield from (f"  {line}" for line in _hits(between, ground))


def _topic(row: Row, ground: Ground) -> Iterator[str]:
    """A topic: its teachers, school by school."""
    deficits = ground.tables["deficits"]
    same = (deficits["calendar_year"] == row["calendar_year"]) & (deficits["competence"] == row["competence"])
    rows = rows_of(deficits[same])
    yield (
        f"«{row['competence']}», {row['calendar_year']} год: учителей с дефицитом {row['deficit_teacher_count']} из "
        f"{row['diagnosed_teacher_count']} диагностированных ← строк {len(rows)}"
    )
    for one in rows:
        name = ground.school_names.get(one["school_login"], one["school_login"])
        yield f"  {name}: {value_words('deficits', one)} ← {ground.cell(one)}"
    yield f"правило: {RANK_RULE}"


def _printed_hit(cells: Cells, year: int, office: bool, ground: Ground) -> Iterator[str]:
    """A procedure of a rule as the table of low procedures prints it."""
    rule = _rule_of(cells, ground)
    yield f"правило: {_rule_words(rule)}"
    logins = [login for login, name in ground.school_names.items() if name == cells["group_name"]]
    at = int(cells.get("calendar_year") or year)
    rows = [row for login in logins for row in _hits_of(cells["rule_id"], login, at, ground)]
    rows = [row for row in rows if all(str(row[name]) == cells[name] for name in ABOUT)]
    if office:
        yield from _hits(rows, ground)
        return
    ids = {one.indicator for one in rule.procedures if one.procedure == cells["procedure"]}
    for asked in (f"{row['school_login']}/{one}@{at}" for row in rows for one in sorted(ids)):
        yield OFFICE_ONLY.format(asked=asked)


def _hits_of(rule_id: str, login: str, year: int, ground: Ground) -> list[Row]:
    found = ground.tables.get("selection_hits")
    if found is None:
        return []
    mine = (found["rule_id"] == rule_id) & (found["school_login"] == login)
    return rows_of(found[mine & (found["calendar_year"] == year)])


def _hits(rows: list[Row], ground: Ground) -> Iterator[str]:
    for row in rows:
        about = f"{row['procedure']}, {row['subject']}, программа {row['programme_grade']} класса, {row['wave']}"
        said = "результата нет" if row["is_low"] == UNKNOWN else f"низкая: {row['is_low']}; доля {_share(row)}"
        yield f"{row['calendar_year']}: {about}: {said}"
        for one in _results(row, ground):
            yield f"  {about_words('results', one)}: {value_words('results', one)}"
            yield from (f"    {line}" for line in row_chain(one, ground))


def _results(row: Row, ground: Ground) -> list[Row]:
    found = ground.tables["results"]
    for name in ("school_login", "calendar_year", *(key for key in RESULT_KEY if key in ABOUT)):
        found = found[found[name] == row[name]]
    return rows_of(found)


def _share(row: Row) -> str:
    return f"{number_words(row['numerator'])} из {number_words(row['denominator'])} = {precise(row['value'])}"


def _rule_of(row: Mapping[str, object], ground: Ground) -> RuleSet:
    return next(one for one in ground.rules if one.id == row["rule_id"])


def _rule_words(rule: RuleSet) -> str:
    sure = bracketed(doubt(rule.default, rule.confirmed))
    return (
        f"«{rule.name}»{sure}: низкая — доля не меньше {number_words(rule.threshold)}; в списке — низких не меньше "
        f"{rule.minimum_low_procedures}, повторение: {rule.repetition} ← {SELECTION_FILE}, {rule.id}"
    )
