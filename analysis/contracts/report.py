"""Tables about the facts themselves and that only the report or its chains hold; why a number is not there."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import methodcaller
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pandera.pandas as pa
from numpy.typing import NDArray
from pandera.typing.pandas import Series

from analysis.contracts.columns import (
    BLANK_MARK,
    CROSS_MARK,
    DASH_MARK,
    UNREAD_MARK,
    Contract,
    SourcedTable,
    Table,
    address,
    but,
    by_name,
    columns_of,
    pandas_types,
    typed_table,
)
from analysis.contracts.effectiveness import BREAK
from analysis.contracts.execution import NOT_EXAMINED, SENT_BACK, SchoolResults
from analysis.contracts.facts import (
    COUNTED_AMONG,
    JOURNAL_COLUMNS,
    JOURNAL_SHARES,
    LINED,
    VERDICTS,
    Evidence,
    Results,
    SchoolMeasures,
)
from analysis.contracts.findings import row_place
from analysis.rules.written import JOURNAL, NOT_CONFIRMED, RATINGS, SCALES, STATUS_SUFFIX

# Tables about the facts themselves: how complete they are, what is set aside, how they are rated, what is assumed.

THERE, PARTLY, ASIDE, TOO_LATE, NOTHING = COMPLETENESS = ["есть", "частично", "отложено", "после срока", "нет сведений"]
FORM, EXECUTION, RESULTS, EXPORT = "форма", "исполнение", "результаты", "выгрузка"
# The tables that a sheet of the form becomes, what they are called, and what tells their rows apart.
SHEET_KINDS = {
    **{name: (one.called, [one.line]) for name, one in LINED.items()},
    "deficits": ("дефициты", ["competence"]),
    "self_assessment": ("самооценка", ["criterion"]),
    "contests": ("конкурсы", ["line"]),
}
LINE: dict[str, Any] = {
    "label": "Строка", "meaning": "Чем отличается от других строк этих сведений", "unit": "", "ge": None,
    "nullable": True,
}  # fmt: skip
CONFIRMED = "подтверждено"
CONFIRMATIONS = [CONFIRMED, NOT_CONFIRMED]


class ReporterCompleteness(Table, unique=["calendar_year", "reporter", "fact_kind"]):
    """Полнота сведений: по строке на год, того, кто отчитывается, и вид сведений."""

    calendar_year: Series[int]
    reporter: Series[str] = but(label="Кто отчитывается")
    fact_kind: Series[str]
    asked_row_count: Series[pd.Int64Dtype] = but(office_only=True)
    missing_row_count: Series[pd.Int64Dtype] = but(office_only=True)
    row_count: Series[int] = but(office_only=True)
    set_aside_row_count: Series[int] = but(office_only=True)
    received_date: Series[pd.Timestamp] = but(nullable=True, office_only=True)
    completeness: Series[str] = but(isin=COMPLETENESS)

    @pa.dataframe_check(error="не заполнено не больше, чем спрошено")
    def missing_of_asked(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return (frame["missing_row_count"] <= frame["asked_row_count"]).fillna(True).astype(bool)

    @pa.dataframe_check(error="«есть» — только без незаполненных и отложенных строк, «нет сведений» — только без строк")
    def the_word_fits(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        lacks = (frame["missing_row_count"].fillna(0) > 0) | (frame["set_aside_row_count"] > 0)
        nothing = frame["completeness"].isin([NOTHING, TOO_LATE])
        fits = ~((frame["completeness"] == THERE) & (lacks | (frame["row_count"] == 0)))
        return (fits & ~(nothing & (frame["row_count"] + frame["set_aside_row_count"] > 0))).astype(bool)


class AskedLines(Table):
    """О чём спрашивали формы: по строке на строку формы; пустая строка — лист, строки которого называет школа."""

    calendar_year: Series[int]
    reporter: Series[str] = but(label="Кто отчитывается")
    fact_kind: Series[str]
    line: Series[str] = but(**LINE)


class GivenLines(Table):
    """Какие строки пришли в срок и вошли в таблицы, и где они стоят."""

    calendar_year: Series[int]
    reporter: Series[str] = but(label="Кто отчитывается")
    fact_kind: Series[str]
    line: Series[str] = but(**LINE)
    source_file: Series[str]
    place: Series[str]


class AsideLines(Table):
    """Какие строки отложены, почему и где они стоят."""

    calendar_year: Series[int]
    reporter: Series[str] = but(label="Кто отчитывается", blank="школа не опознана")
    fact_kind: Series[str]
    why: Series[str]
    source_file: Series[str]
    place: Series[str]


class Completeness(Table, unique=["calendar_year", "fact_kind"]):
    """Полнота сведений по видам: от скольких ждали, о скольких есть хоть что-то, о скольких — всё."""

    calendar_year: Series[int]
    fact_kind: Series[str]
    asked_reporter_count: Series[pd.Int64Dtype]
    sent_reporter_count: Series[int]
    complete_reporter_count: Series[pd.Int64Dtype]
    complete_share: Series[pd.Float64Dtype]
    row_count: Series[int]
    set_aside_row_count: Series[int]
    received_date: Series[pd.Timestamp] = but(nullable=True)

    @pa.dataframe_check(error="есть всё ≤ есть сведения ≤ ждали от")
    def parts_within_the_whole(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        sent = frame["sent_reporter_count"]
        asked, complete = frame["asked_reporter_count"].fillna(sent), frame["complete_reporter_count"].fillna(0)
        return ((complete <= sent) & (sent <= asked)).astype(bool)


class FindingCounts(Table):
    """Замечания к сведениям по правилам и весу; замечания к документу — отдельно."""

    calendar_year: Series[int]
    rule_title: Series[str]
    severity: Series[str] = but(meaning="Блокирует, посмотрите или учтено")
    finding_count: Series[int]


class SetAsideCounts(Table):
    """Отложенные строки по видам сведений и причинам."""

    calendar_year: Series[int]
    fact_kind: Series[str]
    why: Series[str]
    set_aside_row_count: Series[int]


class SetAsideRows(Table):
    """Отложенные строки с их местом; только для служебного отчёта."""

    fact_kind: Series[str]
    school_name: Series[str] = but(nullable=True)
    why: Series[str]
    source_file: Series[str]
    place: Series[str]


class DataLog(Table):
    """Журнал данных: по строке на год и вид полученных файлов, с вычисленной оценкой."""

    calendar_year: Series[int]
    source_title: Series[str]
    file_count: Series[int]
    origin: Series[str] = but(meaning="От кого и как получены; только для служебного отчёта", office_only=True)
    received_date: Series[pd.Timestamp] = but(meaning="Когда пришёл последний")
    row_count: Series[int]
    set_aside_row_count: Series[int]
    attention_count: Series[int]
    data_rating: Series[str] = but(isin=list(RATINGS))


class Assumptions(Table):
    """Журнал допущений: что принято, на чём держится, насколько надёжно и что изменит ошибка."""

    assumption_id: Series[str] = but(unique=True)
    statement: Series[str]
    used_in: Series[str]
    basis: Series[str] = but(meaning="На чём держится")
    reliability: Series[str] = but(isin=list(RATINGS))
    impact: Series[str] = but(isin=list(RATINGS))
    confirmation: Series[str] = but(isin=CONFIRMATIONS)
    since_date: Series[pd.Timestamp] = but(meaning="Пусто — правило по умолчанию, не утверждено управлением")


QUALITY_TABLES = by_name(
    AskedLines, GivenLines, AsideLines, ReporterCompleteness, Completeness, FindingCounts, SetAsideCounts, DataLog
)
# Made where the report is; not in data/processed.
PRINTED_QUALITY_TABLES = by_name(SetAsideRows, Assumptions)


# Tables that only the report or its chains hold, and the file of counts that is kept of an export of pupils.


class PassportRows(Table, unique=["indicator_id"]):
    """Паспорт показателей: по строке на показатель."""

    indicator_id: Series[str] = but(label="Имя", meaning="Имя показателя в таблицах", str_length={"min_value": 1})
    indicator_name: Series[str]
    formula: Series[str]
    formula_source: Series[str]
    formula_confirmed: Series[bool]
    unit: Series[str]
    direction: Series[str]
    numerator_parts: Series[str]
    denominator_parts: Series[str]
    interval_kind: Series[str]
    threshold: Series[pd.Float64Dtype] = but(meaning="Доля, с которой сравнивают", blank="порога нет")
    threshold_source: Series[str]
    threshold_confirmed: Series[bool]
    supplied_by: Series[str]


class Conclusions(Table):
    """Фразы отчёта о показателях: что сказано, при каком условии и на каких строках это стоит."""

    sentence_id: Series[str]
    statement_kind: Series[str] = but(isin=["Факт", "Вывод"])
    sentence_text: Series[str]
    condition: Series[str]
    rests_on: Series[str]


class SchoolExecution(SchoolResults):
    """План и факт одной школы: вместо логина — её название."""

    school_name: Series[str]


class AcceptedEvidence(Evidence):
    """Принятые подтверждения с номером показателя."""

    measure_label: Series[str]
    confirmed_count: Series[pd.Int64Dtype] = but(blank="скрыто")


class JudgedEvidence(Evidence):
    """Подтверждения с решениями о них."""

    verdict: Series[str] = but(isin=VERDICTS)


class OwnMeasures(SchoolMeasures):
    """Собственные меры школ: вместо логина — название школы."""

    school_name: Series[str]


REPORT_TABLES: dict[str, type[pa.DataFrameModel]] = {"passport": PassportRows, "conclusions": Conclusions}


class ReceivedCells(SourcedTable):
    """Каждая ячейка полученных файлов, прочитанная как таблица, какой она пришла; примечаний нет."""

    place: Series[str] = address("ячейка; в выгрузке — её строка")
    row_place: Series[str] = address("строка с этой ячейкой", label="Адрес строки")
    column_name: Series[str]
    text: Series[str] = but(meaning="Что стоит; от файлов с учениками — только итоги")
    line: Series[pd.Int64Dtype] = but(
        label="Строка итогов", meaning="В файле итогов, где строка — ученик; пусто для остальных", ge=2, nullable=True
    )


def received_cell(file: str, place: str, name: str, text: str, line: int | None = None) -> dict[str, Any]:
    """Returns a row of `ReceivedCells`."""
    return {
        "source_file": file, "place": place, "row_place": row_place(place), "column_name": name, "text": text,
        "line": line,
    }  # fmt: skip


def received_cells(document: pd.DataFrame, others: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Returns the table of the cells of the signed document (`contracts.execution.CellsText`) and of other files."""
    told = zip(*(document[name] for name in ("source_file", "place", "role", "text")), strict=True)
    return typed_table(ReceivedCells, [*(received_cell(*one) for one in told), *others])


class DisplacedResults(Results):
    """Результаты форм, вместо которых засчитаны выгрузки."""


class SelectionRules(Table):
    """Правила отбора, как их записало управление."""

    rule_id: Series[str] = but(unique=True)
    rule_words: Series[str]


CHAIN_TABLES = by_name(ReceivedCells, DisplacedResults, SelectionRules)


OTHER_SCALE = "в этой шкале не считается"
PROCEDURES = ["ВПР", "ОГЭ", "ЕГЭ"]


class Counts(Table):
    """Что остаётся от файла, в котором строка — ученик: `data/raw/<год>/counts_….csv`, по строке на школу и экзамен."""

    place: Series[str] = address("строки учеников")
    procedure: Series[str] = but(meaning="ВПР, ОГЭ или ЕГЭ", isin=PROCEDURES)
    subject: Series[str] = but(meaning="Как в календаре процедур; пусто, если не опознан", nullable=True)
    calendar_year: Series[int]
    named_grade: Series[pd.Int64Dtype]
    scale: Series[str] = but(isin=SCALES)
    school_login: Series[str] = but(
        meaning="Логин школы в ФИС ОКО", str_matches=r"^(edu|sch)\d+$", str_length=None, nullable=True
    )
    code_oo: Series[str] = but(meaning="Код школы в РЦОИ", str_matches=r"^\d+$")
    code_msu: Series[str] = but(meaning="Код муниципалитета в РЦОИ", str_matches=r"^\d+$")
    stated_count: Series[pd.Int64Dtype]
    participant_count: Series[pd.Int64Dtype] = but(meaning="Участников с результатом", blank=OTHER_SCALE)
    mark_2_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    mark_3_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    mark_4_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    mark_5_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    journal_lower_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    journal_same_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    journal_higher_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    below_minimum_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    mean_score: Series[pd.Float64Dtype] = but(meaning="По участникам", nullable=True)
    high_score_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    full_score_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    minimum_score: Series[pd.Int64Dtype]
    fault: Series[str]
    remark: Series[str]


def counts_table(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Returns the table of counts from its rows."""
    return typed_table(Counts, rows)


EXPORT_TABLES: dict[str, type[pa.DataFrameModel]] = {"counts": Counts}


# Why a number is not there, for programs: the column `…_status` of each number that an exported table may lack.

HIDDEN, MISSING, NOT_APPLICABLE = WHY_EMPTY = ["hidden", "missing", "not_applicable"]
STATUS_WORDS = (
    "hidden — скрыто, чтобы нельзя было узнать человека; not_applicable — числа здесь не бывает; missing — сведений "
    "нет или неизвестно, почему числа нет; пусто — число стоит"
)
NUMBERS = {"Int64", "Float64", "int64", "float64"}
PLANNED = ("target_count", "target_low", "target_high", "cumulative_flow_count", "cumulative_annual_count")
COMPARED = ("compared_count", *JOURNAL_COLUMNS, *JOURNAL_SHARES.values())
CHANGES = ("earlier_year", "change", "change_low", "change_high")


class NoNumber(NamedTuple):
    """Where a number is empty because there is nothing to count.

    Attributes:
        columns: Of which this is true.
        beside: The column of the same row that shows it.
        shows: Told that column: in which rows it does.
        words: The reason in Russian, for the data dictionary.
    """

    columns: tuple[str, ...]
    beside: str
    shows: Callable[[Any], Any]
    words: str


# Only what the row itself shows. Where it shows nothing, the number is missing: nobody guesses.
NO_NUMBER = (
    NoNumber(PLANNED, "target_mark", lambda mark: mark.isin([DASH_MARK, CROSS_MARK]), "в документе «–» или «х»"),
    NoNumber(
        ("target_low", "target_high"),
        "target_mark",
        lambda mark: ~mark.isin([BLANK_MARK, UNREAD_MARK]),
        "у плана нет такой границы",
    ),
    NoNumber(
        ("cumulative_flow_count", "accepted_flow_count"),
        "reading",
        lambda reading: reading == "annual",
        "годы показателя не складываются",
    ),
    NoNumber(("reported_whole_count",), "measure_kind", lambda kind: kind != "share", "показатель — не доля"),
    NoNumber(
        ("piece_count",),
        "owed_kind",
        lambda kind: ~kind.isin([SENT_BACK, NOT_EXAMINED]),
        "должны не подтверждение и не решение о нём",
    ),
    NoNumber(
        ("not_attested_count", "not_attested_share"),
        "procedure",
        lambda name: name != JOURNAL,
        "н/а — только в журнале",
    ),
    NoNumber(COMPARED, "procedure", lambda name: name == JOURNAL, "журнал не сравнивают с журналом"),
    *(
        NoNumber(
            (one.share,), one.line, methodcaller("isin", [*COUNTED_AMONG[name].values()]), "строка — целое, а не часть"
        )
        for name, one in LINED.items()
    ),
    NoNumber(
        ("programme_grade", "sitting_grade"), "procedure", lambda name: name.isna(), "показатель не о результатах"
    ),
    NoNumber(
        ("numerator", "denominator"), "value", lambda value: value.notna(), "значение есть, и оно — не часть целого"
    ),
    NoNumber(
        ("interval_low", "interval_high"),
        "flags",
        lambda flags: flags.astype("str").str.contains("без интервала"),
        "пометка «без интервала»",
    ),
    NoNumber(
        CHANGES,
        "change_note",
        lambda note: note.astype("str").str.startswith(BREAK),
        "разрыв сопоставимости: годы не сравнивают",
    ),
    NoNumber(
        ("still_low_probability",), "leaving", lambda word: word.isin(["", "остаётся"]), "школа из списка не выходит"
    ),
    NoNumber(("threshold",), "threshold", lambda value: value.isna(), "порога у показателя нет"),
)


@cache
def numbers_with_status(contract: Contract) -> frozenset[str]:
    """The columns of numbers that may be empty: those that have a column of their status beside them."""
    fields, kinds = columns_of(contract), pandas_types(contract)
    return frozenset(name for name, field in fields.items() if field.nullable and kinds[name] in NUMBERS)


def statuses(
    rows: pd.DataFrame, contract: Contract, hidden: Mapping[str, NDArray[np.bool_]]
) -> dict[str, NDArray[np.object_]]:
    """Returns by name the columns that say why a number is not there; where it is, they are empty.

    Args:
        rows: What is exported.
        contract: What the rows are; a number that it never lets be empty has no status.
        hidden: By column the cells that the readers may not see.
    """
    found = {}
    for name in [one for one in rows.columns if one in numbers_with_status(contract)]:
        empty = rows[name].isna().to_numpy()
        why = found[f"{name}{STATUS_SUFFIX}"] = np.full(len(rows), "", dtype=object)
        if not empty.any():
            continue
        why[empty] = MISSING
        for one in NO_NUMBER:
            if name in one.columns and one.beside in rows:
                shows = one.shows(rows[one.beside]).fillna(False).to_numpy(bool)
                why[empty & shows] = NOT_APPLICABLE
        why[empty & hidden.get(name, False)] = HIDDEN
    return found
