"""What differs between two versions: of a plan, joined into one set of tables, and of a returned workbook."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from analysis.cleaning.corrections import SameMeasure, same_measure_stanza
from analysis.contracts.facts import (
    ACCEPTANCE,
    EVIDENCE,
    EXECUTION,
    OWN_MEASURES,
    REGISTRY_SCHOOLS,
    REGISTRY_STATUS,
    SCHOOL_SHEETS,
    FormSheet,
)
from analysis.contracts.findings import Finding, Severity
from analysis.intake.cells import read_text
from analysis.intake.workbook import Returned, ReturnedRow
from analysis.rules.config import CORRECTIONS_FILE, PROJECT_FILE, PlanDocument, Project
from analysis.rules.office_files import folded

# Several versions of one plan become one set of tables: which measure is which, and which version a year goes by.

Tables = Mapping[str, pd.DataFrame]
# The words of each measure by its label, «4.1/2».
Words = Mapping[str, str]
Pair = tuple[str, str]
SAME_WORDS = (
    "Слова показателя те же, что в прежней редакции, а номер другой: показатель перенесён или это другой показатель? "
    "Из документа не видно."
)
SAME_NUMBER = (
    "Номер показателя тот же, что в прежней редакции, а слова другие: изменены слова или это другой показатель? "
    "Из документа не видно."
)
UNTIL_THEN = "Пока это не решено, прежний показатель считается исключённым, а новый — добавленным."
SAY_WHICH = f"Скажите о каждой паре, один ли это показатель: по разделу на пару в {CORRECTIONS_FILE} (образец ниже)."
NO_SUCH_PAIR = "Такой пары нет: «before» — номер в прежней редакции, «now» — в этой."


def one_plan(
    versions: Sequence[Tables], project: Project, settled: Sequence[SameMeasure]
) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """Returns the tables of all versions one below the other, and what is to be asked.

    A measure has one `measure_identity` in all versions. `in_force` says whether the year of a target goes by this
    version: the last that came in force by the end of that year.

    Args:
        versions: The typed tables of each version (contracts.execution), in the order in which they came in force.
        project: The project with its documents.
        settled: What people have said of pairs of measures.
    """
    findings = list(_before_the_first(versions[0]["approval"], project.versions))
    words = [_words(tables) for tables in versions]
    identities: list[Words] = [{label: label for label in words[0]}]
    for before, now, tables, document in zip(words, words[1:], versions[1:], project.versions, strict=False):
        said = {(one.before, one.now): one.same for one in settled if one.file == document.file}
        findings += [_without_effect(document.file, one) for one in said if one[0] not in before or one[1] not in now]
        same, asked = paired(before, now, said)
        findings += [_question(why, pairs, tables["measures"]) for why, pairs in asked.items() if pairs]
        identities.append(_carried(identities, same, now))
    files = {document.file for document in project.versions}
    findings += [_without_effect(one.file, (one.before, one.now)) for one in settled if one.file not in files]
    told = [_told(*one, project) for one in zip(versions, identities, project.documents, strict=True)]
    return {name: pd.concat([one[name] for one in told], ignore_index=True) for name in told[0]}, findings


def paired(before: Words, now: Words, said: Mapping[Pair, bool]) -> tuple[dict[str, str], dict[str, list[Pair]]]:
    """Returns which measures of a version are which of the one before (by their label there), and which may be.

    Number and words together tell a measure; so does what people have said. A measure whose words stand under another
    number, or whose number has other words, is asked about.
    """
    same = {b: a for (a, b), yes in said.items() if yes and a in before and b in now}
    same |= {one: one for one in now if one not in same and one not in same.values() and before.get(one) == now[one]}
    old = {one: text for one, text in before.items() if one not in same.values()}
    new = {one: text for one, text in now.items() if one not in same}
    once = {text for texts in (old, new) for text, count in Counter(texts.values()).items() if count > 1}
    moved = [(a, b) for a in old for b in new if old[a] == new[b] and old[a] not in once and (a, b) not in said]
    asked = {one for pair in moved for one in pair}
    reworded = [(one, one) for one in old if one in new and one not in asked and (one, one) not in said]
    return same, {SAME_WORDS: moved, SAME_NUMBER: reworded}


def _words(tables: Tables) -> Words:
    titles = dict(zip(tables["activities"]["activity_code"], tables["activities"]["activity_title"], strict=True))
    measures = tables["measures"]
    named = zip(_labels(measures), measures["activity_code"], measures["measure_name"], strict=True)
    return {label: folded(f"{titles[code]} {name}") for label, code, name in named}


def _labels(measures: pd.DataFrame) -> "pd.Series[str]":
    return measures["activity_code"] + "/" + measures["measure_number"].astype("str")


def _carried(identities: Sequence[Words], same: Mapping[str, str], now: Words) -> Words:
    """The identities of a version: those of the one before, and for new measures their label, if nothing has it yet."""
    taken = {name for one in identities for name in one.values()}
    new = {label: label if label not in taken else f"{label} ({len(identities) + 1})" for label in now}
    return {label: identities[-1][same[label]] if label in same else new[label] for label in now}


def _told(tables: Tables, identities: Words, document: PlanDocument, project: Project) -> Tables:
    measures, targets = tables["measures"], tables["targets"]
    years = {int(year): project.document_of(int(year)).file == document.file for year in targets["calendar_year"]}
    since = pd.Series([document.since] * len(tables["approval"]), dtype="object")
    return {
        **tables,
        "approval": tables["approval"].assign(
            in_force_date=pd.to_datetime(since).astype("datetime64[us]").set_axis(tables["approval"].index),
            version_basis=pd.Series(document.basis or None, tables["approval"].index, dtype="str"),
        ),
        "measures": measures.assign(measure_identity=_labels(measures).map(identities).astype("str")),
        "targets": targets.assign(in_force=targets["calendar_year"].map(years).astype("bool")),
    }


def _before_the_first(approval: pd.DataFrame, versions: Sequence[PlanDocument]) -> Iterator[Finding]:
    approved = None if approval.empty else approval["approved_date"].iloc[0].date()
    for number, one in enumerate(versions, start=1):
        if approved is not None and one.since is not None and one.since <= approved:
            said = f"Редакция действует с {one.since}, а сам документ утверждён {approved}: раньше него её не бывает."
            places = (f"[[roadmap_version]] № {number}, ключ in_force_from",)
            action = "Исправьте in_force_from или назовите в [roadmap] тот документ, который был первым."
            yield Finding("plan_version", Severity.BLOCKS, PROJECT_FILE, places, str(one.since), said, action)


def _question(why: str, pairs: Sequence[Pair], measures: pd.DataFrame) -> Finding:
    """One question about all pairs of a kind."""
    file, places = str(measures["source_file"].iloc[0]), dict(zip(_labels(measures), measures["place"], strict=True))
    value = "; ".join(f"{before} → {now}" for before, now in pairs)
    stanza = "\n\n".join(same_measure_stanza(file, *pair) for pair in pairs)
    at = tuple(dict.fromkeys(places[now] for _, now in pairs))
    return Finding("plan_version", Severity.ATTENTION, file, at, value, f"{why} {UNTIL_THEN}", SAY_WHICH, stanza)


def _without_effect(file: str, pair: Pair) -> Finding:
    place, value = (f"[[same_measure]] для {file}",), " → ".join(pair)
    action = "Исправьте запись (file — файл поздней редакции, номера вида «4.1/2») или удалите её."
    return Finding("plan_version", Severity.BLOCKS, CORRECTIONS_FILE, place, value, NO_SUCH_PAIR, action)


# Which values a newer version of a returned workbook changes. All functions are pure.

SHEETS = (EXECUTION, EVIDENCE, OWN_MEASURES, *SCHOOL_SHEETS, REGISTRY_SCHOOLS, REGISTRY_STATUS, ACCEPTANCE)
NOTHING = "пусто"


class _Cell(NamedTuple):
    """A cell of a form: `number` tells rows of a sheet apart that are about the same."""

    sheet: str
    row: tuple[str, ...]
    number: int
    heading: str


@dataclass(frozen=True)
class Difference:
    """A value that differs between two versions of a workbook. A blank cell is an empty text.

    Attributes:
        sheet: The sheet.
        row: What its row is about: «4.12», «5 класс».
        heading: The heading of its column.
        before: What the earlier version says.
        now: What the later one says.
    """

    sheet: str
    row: str
    heading: str
    before: str
    now: str

    @property
    def words(self) -> str:
        """«лист Исполнение, 4.12, «Факт»: было 3, стало 5»."""
        row = f", {self.row}" if self.row else ""
        return f"лист {self.sheet}{row}, «{self.heading}»: было {self.before or NOTHING}, стало {self.now or NOTHING}"


def differing_values(before: Returned, now: Returned) -> list[Difference]:
    """Returns the values that differ between two versions of one workbook, in the order of its sheets.

    Rows are compared by what they are about, so that sorting a sheet or adding a row changes no other value.
    Words that the office wrote into the form are not compared.
    """
    earlier, later = _values(before), _values(now)
    found = []
    for cell in dict.fromkeys([*later, *earlier]):
        stood, stands = earlier.get(cell, ""), later.get(cell, "")
        if stood != stands:
            found.append(Difference(cell.sheet, ", ".join(filter(None, cell.row)), cell.heading, stood, stands))
    return found


def is_filled_in(returned: Returned) -> bool:
    """Whether any cell that others must fill in is filled in."""
    to_fill_in = {layout.title: {one.name for one in layout.every_column if one.kind != "fixed"} for layout in SHEETS}
    return any(row.cells.keys() & to_fill_in[title] for title, rows in returned.rows.items() for row in rows)


def _values(returned: Returned) -> dict[_Cell, str]:
    found: dict[_Cell, str] = {}
    for layout in SHEETS:
        seen: Counter[tuple[str, ...]] = Counter()
        for row in returned.rows.get(layout.title, ()):
            name = tuple(_text(row, column) for column in layout.naming_columns)
            seen[name] += 1
            for heading, text in _given(row, layout).items():
                found[_Cell(layout.title, name, seen[name], heading)] = text
    return found


def _given(row: ReturnedRow, layout: FormSheet) -> Mapping[str, str]:
    """Returns the values of a row by heading, without its name."""
    return {
        column.title: _text(row, column.name)
        for column in layout.every_column
        if column.kind != "fixed" and column.name not in layout.naming_columns
    }


def _text(row: ReturnedRow, name: str) -> str:
    return read_text(row.cells[name].value) if name in row.cells else ""
