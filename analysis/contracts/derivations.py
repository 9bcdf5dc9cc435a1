"""What every stored table is made of: its edges to other tables and, column by column, the rule and what enters.

`explain` walks along these and nothing else. A column that is not named here is the column of the same name behind
the first edge that has it, or, where none has it, rests on all the rows behind the table's edges.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analysis.contracts.execution import STATUS_COUNTS
from analysis.contracts.facts import (
    JOURNAL_COLUMNS,
    JOURNAL_SHARES,
    LINED,
    MARK_COLUMNS,
    MARK_SHARES,
    SCORE_COLUMNS,
    SCORE_SHARES,
)
from analysis.rules.config import SOURCES_FILE, TERMS_FILE
from analysis.rules.methods import PASSPORT_FILE, SELECTION_FILE
from analysis.rules.office_files import ASSUMPTION_FILES

# How a value follows from the cells behind it; what has none of these words cannot be computed again from its rows.
COPY, SUM, COUNT, SHARE, DIFFERENCE, POPULATION = "copy", "sum", "count", "share", "difference", "population"
FACT_RULE = (
    "сообщено — сумма фактов тех, чей факт засчитывается; подтверждено — из них с подтверждениями, кроме возвращённых; "
    "принято — с принятыми подтверждениями; у каждого не больше, чем он сообщил"
)
STATUS_RULE = (
    "по порядку: план не указан; план 0 — «не планировалось»; никто не сообщил — «нет сведений»; принято не меньше "
    "плана — «выполнено»; есть не рассмотренные подтверждения — «на рассмотрении»; принято больше нуля — «выполнено "
    "частично»; сообщено не меньше плана, а подтверждений нет никаких — «сообщено, документов нет»; срок прошёл — «не "
    "выполнено»; иначе «срок не наступил»"
)
NOT_POOLED = "этот показатель по всем результатам вместе не оценивается"
TO_DATE = "сумма по годам с первого по этот; год без значения ничего не прибавляет; уровень года не складывается"
WHOLE_OF = "показатели, по которым подтверждено (принято) всё сообщённое, и оно больше нуля"
SILENT = "из тех, чей факт засчитывается: не сообщили ничего"
RANK_RULE = (
    "место темы — по доле учителей с дефицитом среди диагностированных; «от–до» и вероятность первых трёх — из "
    "распределений Джеффриса всех тем года, темы независимы"
)
ALL_RESULTS = "одна модель по всем результатам города за год: уровень процедуры, школа, школа в процедуре"
CONTEXT_RULE = "результаты других школ города по местному индексу контекста: главное различие их социальных паспортов"
FORESEEN_RULE = "та же модель по прежним сопоставимым годам и по этому году без собственных результатов школы"


@dataclass(frozen=True)
class Made:
    """How a column follows from what stands behind its row.

    Attributes:
        of: What enters, as «edge.column»; «edge.*» is all that the source has to say.
        rule: The rule in words; empty for a plain copy.
        how: One of the words above; empty where the value cannot be computed again from these rows alone.
    """

    of: tuple[str, ...] = ()
    rule: str = ""
    how: str = ""


@dataclass(frozen=True)
class Derivation:
    """A stored table as a chain sees it.

    Attributes:
        title: What it is called in a chain.
        about: The columns that say what a row is about.
        edges: Names of its edges with the tables they lead to.
        columns: What is to be said of single columns.
        values: Of a table of received facts, the columns that hold the numbers; a chain shows those that are filled.
        entry: Of what people wrote into a file of rules: where it stands, with columns in braces.
        nothing: What it means that nothing stands behind an edge, by edge.
    """

    title: str
    about: tuple[str, ...]
    edges: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Made] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    entry: str = ""
    nothing: Mapping[str, str] = field(default_factory=dict)


def _made(of: str, rule: str = "", how: str = "") -> Made:
    return Made(tuple(of.split()), rule, how)


def _facts(title: str, about: str, values: str, **edges: str) -> Derivation:
    remarks = {"cell": "received_cells", "remark": "findings", "row_remark": "findings"}
    return Derivation(title, tuple(about.split()), {**remarks, **edges}, values=tuple(values.split()))


def _totals(rows: str) -> dict[str, Made]:
    """Counts of planned measures in each state."""
    counts = {name: f"показатели с планом больше нуля в состоянии «{state}»" for name, state in STATUS_COUNTS.items()}
    return {
        "planned_measure_count": _made(f"{rows}.target_count", "показатели с планом больше нуля", COUNT),
        "reported_measure_count": _made(f"{rows}.reported_count", "из них те, о которых сообщено", COUNT),
        "documented_measure_count": _made(f"{rows}.reported_count {rows}.documented_count", WHOLE_OF, COUNT),
        "accepted_measure_count": _made(f"{rows}.reported_count {rows}.accepted_count", WHOLE_OF, COUNT),
        **{name: _made(f"{rows}.status", rule, COUNT) for name, rule in counts.items()},
    }


def _shares(shares: Mapping[str, str], base: str) -> dict[str, Made]:
    return {
        share: _made(f"results.{part} results.{base}", "доля: часть / целое × 100, до 0,1", SHARE)
        for part, share in shares.items()
    }


def _sums(names: Sequence[str], edge: str) -> dict[str, Made]:
    rule = "сумма строк; где хотя бы одна школа этого не сообщила, общего числа нет; это не ноль"
    return {name: _made(f"{edge}.{name}", rule, SUM) for name in names}


def _schools(edge: str) -> dict[str, Made]:
    return {"school_count": _made(f"{edge}.school_login", "сколько школ дали сведения для этой строки", COUNT)}


def _parts(edge: str, part: str, base: str, share: str, amounts: tuple[str, str]) -> dict[str, Made]:
    """Part and base of a table of parts: in one row of the source, or in rows of their own («base»)."""
    of_part, of_base = amounts
    return {
        part: _made(f"{edge}.{of_part}", "сумма строк", SUM),
        base: _made(of_base, "сумма строк", SUM),
        share: _made(f"{edge}.{of_part} {of_base}", "доля: часть / целое × 100, до 0,1", SHARE),
    }


RECEIVED: dict[str, Derivation] = {
    "approval": _facts("Заголовок документа", "title", "title approver_position approver_name approved_date"),
    "activities": _facts("Мероприятия", "activity_code", "activity_title"),
    "measures": _facts(
        "Показатели документа", "activity_code measure_number", "planned_total_text reading_basis decision_document"
    ),
    "targets": _facts(
        "Плановые значения документа", "activity_code measure_number calendar_year", "target_text derived_rule"
    ),
    "deadlines": _facts(
        "Сроки документа", "activity_code measure_number deadline_number", "deadline_text last_date recurrence"
    ),
    "executors": _facts("Исполнители документа", "activity_code executor_number", "executor_text"),
    "schools": _facts("Реестр школ", "school_name", "school_login school_kind pupil_count"),
    "school_status": _facts("Статус школ", "school_login school_year", "status"),
    "former_names": _facts("Прежние названия", "school_login", "former_name name_kind last_named_date"),
    "school_mergers": _facts("Слияния школ", "school_login", "ended_name into_login merged_date basis"),
    "reports": _facts(
        "Исполнение", "reporter activity_code measure_number calendar_year", "fact_count whole_count fact_date"
    ),
    "evidence": _facts(
        "Подтверждения", "reporter evidence_kind evidence_number evidence_date",
        "confirmed_count evidence_title evidence_link evidence_id", verdict="acceptance",
    ),
    "acceptance": _facts("Рассмотрение подтверждений", "verdict", "verdict_by verdict_date reason"),
    "school_measures": _facts(
        "Собственные меры школ", "school_login calendar_year own_measure", "planned_count done_count done_date"
    ),
    **{
        name: _facts(one.called.capitalize(), f"school_login school_year {one.line}", one.amount)
        for name, one in LINED.items()
    },
    "results": _facts(
        "Результаты", "school_login procedure subject sitting_grade wave school_year",
        " ".join(["participant_count", "not_attested_count", *MARK_COLUMNS, *JOURNAL_COLUMNS, *SCORE_COLUMNS,
                  "mean_score"]), displaced="displaced_results",
    ),
    "displaced_results": _facts(
        "Форма школы (засчитана выгрузка, в счёт не идёт)",
        "school_login procedure subject sitting_grade wave school_year",
        " ".join(["participant_count", "not_attested_count", *MARK_COLUMNS, *JOURNAL_COLUMNS, *SCORE_COLUMNS,
                  "mean_score"]),
    ),
    "deficits": _facts(
        "Дефициты", "school_login calendar_year competence", "diagnosed_teacher_count deficit_teacher_count"
    ),
    "self_assessment": _facts(
        "Самооценка", "school_login calendar_year criterion", "assessment_score publication_link"
    ),
    "contests": _facts(
        "Конкурсы", "school_login calendar_year contest_name contest_level contestants",
        "contestant_count winner_count",
    ),
    "quarantine": _facts("Отложено, в счёт не идёт", "school_login calendar_year table_name", "why"),
    "received_cells": Derivation("Ячейки полученных файлов", ("place",), values=("text",)),
    "findings": Derivation("Замечания", ("rule",), values=("place", "explanation")),
    "given_lines": _facts("Строки, которые вошли", "calendar_year reporter fact_kind line", "line"),
    "aside_lines": _facts("Отложенные строки", "calendar_year reporter fact_kind", "why"),
}  # fmt: skip

_PLAN_COLUMNS = {
    "measure_label": _made("measure.measure_number", "номер мероприятия, и номер показателя, если их несколько"),
    "target_count": _made("target.target_count", "число из ячейки года в документе", COPY),
    "planned_total_count": _made("measure.planned_total_count", "число из ячейки планового значения в документе", COPY),
    "reading": _made("measure.reading", "по правилу о прочтении итога или по записанному решению", COPY),
    "deadline_month": _made("target.deadline_month", "", COPY),
    "comparator": _made("target.comparator", "", COPY),
    "measure_kind": _made("measure.measure_kind", "по единице, словам и значениям", COPY),
    "target_mark": _made("target.target_mark", "что стоит вместо числа", COPY),
    "derived_rule": _made("target.derived_rule", "правило, по которому число следует из слов документа", COPY),
    **{
        name: _made(f"measure.{name}", "", COPY)
        for name in ("measure_unit", "better", "baseline_value", "baseline_year", "deadline_text")
    },
    **{name: _made(f"target.{name}", "граница числа года", COPY) for name in ("target_low", "target_high")},
    "cumulative_flow_count": _made("to_date.target_count", TO_DATE, SUM),
    "cumulative_annual_count": _made("target.target_count", "план самого года: уровень не складывается", COPY),
}
_DUTY_FACTS = {
    name: _made(of, FACT_RULE)
    for name, of in (
        ("reported_count", "report.fact_count forms.form_state told.place"),
        ("documented_count", "report.fact_count evidence.confirmed_count"),
        ("accepted_count", "report.fact_count evidence.confirmed_count"),
        ("reported_whole_count", "report.whole_count"),
        ("waiting_count", "evidence.evidence_id"),
        ("returned_count", "evidence.evidence_id"),
    )
}
_OF_FORMS = ("results", *LINED, "deficits", "self_assessment", "contests", "school_measures")
_OF_SCHOOLS = ("scope", "group_name")
_SITTING = ("procedure", "subject", "sitting_grade", "wave", "school_year")
_POOLED = {
    name: _made("population.value", ALL_RESULTS, POPULATION)
    for name in ("pooled_value", "pooled_low", "pooled_high", "threshold_probability")
}
_FORESEEN = {
    name: _made("history.value", FORESEEN_RULE, POPULATION)
    for name in ("foreseen_value", "foreseen_low", "foreseen_high", "better_probability", "worse_probability",
                 "noticeable_change")
}  # fmt: skip
_COMPARED = {
    "earlier_year": _made("earlier.calendar_year", "последний сопоставимый год", COPY),
    "against_city": _made("own.numerator own.denominator city.value", "точные биномиальные пределы вокруг города"),
    "change": _made("own.value earlier.value", "значение минус значение сопоставимого года", DIFFERENCE),
    "change_low": _made("own.value earlier.value", "граница разности, 95 %"),
    "change_high": _made("own.value earlier.value", "граница разности, 95 %"),
    "city_value": _made("city.value", "значение города с тем же ключом", COPY),
}
MADE: dict[str, Derivation] = {
    "plan": Derivation(
        "План", ("measure_label", "calendar_year"),
        {"target": "targets", "measure": "measures", "activity": "activities", "to_date": "targets"}, _PLAN_COLUMNS,
    ),
    "duties": Derivation(
        "Кто отвечает", ("reporter", "standing", "basis"),
        {"report": "reports", "evidence": "evidence", "forms": "received_forms", "plan": "plan",
         "told": "findings"},
        {**_DUTY_FACTS, "share_count": _made("plan.target_count", "доля по записи data/reporting.toml или план города"),
         "reporter": _made("forms.form_state"), "standing": _made("forms.form_state"),
         "basis": _made("forms.form_state")},
        nothing={"report": "нет сведений: этого никто не сообщил", "evidence": "подтверждений нет",
                 "forms": "форм за этот год не приходило", "told": ""},
    ),
    "received_forms": Derivation(
        "Формы", ("reporter", "calendar_year"), values=("form_state", "received_date", "cutoff_date"),
        entry=f"{SOURCES_FILE}, {{source_file}}",
    ),
    "plan_fact": Derivation(
        "План и факт", ("measure_label", "calendar_year"),
        {"plan": "plan", "duty": "duties", "confirming": "duties", "to_date": "plan_fact"},
        {
            "expected_reporter_count": _made("duty.reporter", "число тех, чей факт засчитывается", COUNT),
            "missing_reporter_count": _made("duty.reported_count", SILENT),
            "missing_reporters": _made("duty.reported_count", SILENT),
            **{name: _made(f"duty.{name} confirming.{name}", FACT_RULE)
               for name in ("reported_count", "documented_count", "accepted_count")},
            "reported_lower_count": _made("duty.reported_count", "сообщено, если не отчитавшиеся не сделали ничего"),
            "reported_upper_count": _made(
                "duty.reported_count duty.share_count",
                "сообщено и доли не отчитавшихся; без установленной доли верхней границы нет",
            ),
            "reported_whole_count": _made("duty.reported_whole_count", "сумма целых тех, кто сообщил долю"),
            "waiting_count": _made("duty.waiting_count", "подтверждения без решения у тех, чей факт засчитывается"),
            "returned_count": _made("duty.returned_count", "подтверждения, возвращённые тем, чей факт засчитывается"),
            "accepted_flow_count": _made("to_date.accepted_count", TO_DATE),
            "unknown_year_count": _made(
                "to_date.target_count to_date.reported_count",
                "число лет с первого по этот, где план больше нуля, а сведений нет",
            ),
            "status": _made("plan.target_count duty.reported_count duty.accepted_count", STATUS_RULE),
            "status_flow": _made(
                "plan.cumulative_flow_count to_date.accepted_count",
                "в том же порядке, что состояние за год; сравниваются суммы с начала срока, а где за какой-то год "
                "сведений нет и сумма меньше плана — «нет сведений»",
            ),
            "status_annual": _made("plan.target_count duty.reported_count duty.accepted_count", STATUS_RULE),
        },
        nothing={"duty": "ничей факт не засчитывается: исполнитель форм не получает, или отчитываться некому",
                 "confirming": ""},
    ),
    "plan_changes": Derivation(
        "Что изменилось в документе", ("change_kind", "label_before", "label_after"),
        {"before": "received_cells", "after": "received_cells"},
        {name: _made("before.text after.text") for name in ("change_kind", "in_force_date", "measure_name")}
        | {name: _made(f"{name.rpartition('_')[2]}.text") for name in (
            "label_before", "text_before", "file_before", "place_before", "label_after", "text_after", "file_after",
            "place_after")} | {"calendar_year": _made("before.text after.text")},
        nothing={"before": "в прежней редакции этого не было", "after": "в новой редакции этого нет"},
    ),
    "composition": Derivation(
        "Состав плана", ("task_code", "calendar_year"), {"measures": "plan"},
        {"planned_count": _made("measures.target_count", "показатели с планом больше нуля", COUNT),
         "zero_count": _made("measures.target_count", "показатели, у которых план — ноль", COUNT),
         "blank_count": _made("measures.target_count", "показатели, у которых план не указан", COUNT)},
    ),
    "executor_load": Derivation(
        "Нагрузка исполнителей", ("executor_name", "calendar_year"),
        {"measures": "plan", "first": "plan", "other": "plan", "named": "executors"},
        {"planned_count": _made("measures.target_count", "показатели с планом больше нуля, где он назван", COUNT),
         "first_named_count": _made("first.target_count", "из них те, где назван первым", COUNT),
         "other_count": _made("other.target_count", "из них те, где назван после других", COUNT),
         "executor_name": _made("named.executor_name")},
        nothing={"first": "первым не назван нигде", "other": "после других не назван нигде"},
    ),
    "statuses": Derivation(
        "Состояния", ("status", "calendar_year"), {"measures": "plan_fact"},
        {"measure_count": _made("measures.status", "показатели в этом состоянии", COUNT)},
        nothing={"measures": "таких показателей нет"},
    ),
    "task_results": Derivation(
        "Исполнение по задачам", ("task_code", "calendar_year"), {"measures": "plan_fact"}, _totals("measures")
    ),
    "executor_results": Derivation(
        "Исполнение по исполнителям", ("executor_name", "calendar_year"),
        {"measures": "plan_fact", "named": "executors"}, _totals("measures"),
    ),
    "reporter_results": Derivation(
        "Отчётность", ("reporter", "calendar_year"), {"duty": "duties"},
        {"reporter": _made("duty.reporter"),
         "expected_measure_count": _made("duty.reporter", "показатели, за которые отвечает", COUNT),
         "reported_measure_count": _made("duty.reported_count", "из них те, о которых сообщено", COUNT),
         "documented_measure_count": _made("duty.reported_count duty.documented_count", WHOLE_OF, COUNT),
         "accepted_measure_count": _made("duty.reported_count duty.accepted_count", WHOLE_OF, COUNT)},
    ),
    "school_results": Derivation(
        "План и факт школы", ("school_login", "measure_label", "calendar_year"),
        {"plan": "plan", "duty": "duties", "school": "schools"},
        {"school_login": _made("school.school_login"), "target_count": _made("plan.target_count", "", COPY),
         "share_count": _made("duty.share_count", "по записи в data/reporting.toml; без записи доли нет", COPY),
         **{name: _made(f"duty.{name}", FACT_RULE, COPY)
            for name in ("reported_count", "documented_count", "accepted_count")},
         "school_status": _made("duty.share_count duty.reported_count duty.accepted_count",
                                f"{STATUS_RULE}; против доли школы")},
    ),
    "owed": Derivation(
        "Что за кем", ("debtor", "measure_label", "owed_kind", "calendar_year"),
        {"duty": "duties", "plan": "plan", "evidence": "evidence"},
        {name: _made("duty.reported_count evidence.evidence_id", "чего нет к сроку у того, чей факт засчитывается")
         for name in ("debtor", "owed_kind", "since_date", "piece_count", "reason")},
        nothing={"duty": "за показатель никто не отвечает", "evidence": "подтверждений нет"},
    ),
    "reporter_completeness": Derivation(
        "Полнота сведений", ("reporter", "fact_kind", "calendar_year"),
        {"given": "given_lines", "aside": "aside_lines", "asked": "asked_lines", "forms": "received_forms"},
        {"asked_row_count": _made("asked.line", "строки, которые просит форма", COUNT),
         "missing_row_count": _made("asked.line given.line", "из спрошенных строк те, что не даны"),
         "row_count": _made("given.line", "строки, которые вошли в таблицы", COUNT),
         "set_aside_row_count": _made("aside.why", "строки, отложенные до уточнения", COUNT),
         "received_date": _made("given.line aside.why", "последний день, когда пришло"),
         "completeness": _made("given.line aside.why asked.line forms.form_state",
                               "«есть» — даны все строки, и ни одна не отложена"),
         "reporter": _made("forms.form_state"), "fact_kind": _made("asked.line given.line")},
        nothing={"given": "строк нет: этого никто не сообщил", "aside": "ничего не отложено",
                 "asked": "сколько строк нужно, не установлено", "forms": "форм за этот год не приходило"},
    ),
    "asked_lines": Derivation(
        "О чём спрашивает форма", ("line",), {"filled": "given_lines"}, {"line": _made("filled.line")},
        nothing={"filled": "не заполнено"},
    ),
    "completeness": Derivation(
        "Полнота сведений", ("fact_kind", "calendar_year"),
        {"reporters": "reporter_completeness", "given": "given_lines", "aside": "aside_lines"},
        {"asked_reporter_count": _made("reporters.completeness", "от скольких ждали", COUNT),
         "sent_reporter_count": _made("reporters.completeness given.line", "о скольких есть хоть одна строка"),
         "complete_reporter_count": _made("reporters.completeness", "о скольких есть всё", COUNT),
         "complete_share": _made("reporters.completeness", "«есть всё» / «ждали от» × 100, до 0,1"),
         "row_count": _made("given.line", "строки, которые вошли в таблицы", COUNT),
         "set_aside_row_count": _made("aside.why", "строки, отложенные до уточнения", COUNT),
         "received_date": _made("given.line aside.why", "последний день, когда пришло"),
         "fact_kind": _made("reporters.completeness given.line aside.why")},
        nothing={"given": "строк нет: этого никто не сообщил", "aside": "ничего не отложено",
                 "reporters": "от скольких ждать, не установлено"},
    ),
    "finding_counts": Derivation(
        "Замечания к сведениям", ("rule_title", "severity", "calendar_year"), {"findings": "findings"},
        {"finding_count": _made("findings.place", "сколько таких замечаний", COUNT)},
    ),
    "set_aside_counts": Derivation(
        "Отложенные строки", ("fact_kind", "why", "calendar_year"), {"aside": "aside_lines"},
        {"set_aside_row_count": _made("aside.why", "строки, отложенные по этой причине", COUNT)},
    ),
    "data_log": Derivation(
        "Журнал данных", ("source_title", "calendar_year"), {"files": "sources", "remarks": "findings"},
        {"attention_count": _made("remarks.place files.file_name", "замечания «посмотрите» к этим файлам"),
         "file_count": _made("files.file_name", "полученные файлы этого вида", COUNT),
         "row_count": _made("files.file_name", "строки таблиц, прочитанные из этих файлов"),
         "set_aside_row_count": _made("files.file_name", "отложенные строки этих файлов")},
        nothing={"remarks": "замечаний нет"},
    ),
    "mark_results": Derivation(
        "Результаты в отметках", (*_OF_SCHOOLS, *_SITTING), {"results": "results"},
        {**_sums(["participant_count", *MARK_COLUMNS, "not_attested_count", *JOURNAL_COLUMNS], "results"),
         **_schools("results"),
         "compared_count": _made(" ".join(f"results.{name}" for name in JOURNAL_COLUMNS),
                                 "сумма строк: понизили, подтвердили и повысили", SUM),
         **_shares(MARK_SHARES, "participant_count"),
         **{share: Made((f"results.{part}", *(f"results.{name}" for name in JOURNAL_COLUMNS)),
                        "доля: часть / сравнено × 100, до 0,1", SHARE) for part, share in JOURNAL_SHARES.items()}},
    ),
    "score_results": Derivation(
        "Результаты в баллах", (*_OF_SCHOOLS, *_SITTING), {"results": "results"},
        {**_sums(["participant_count", *SCORE_COLUMNS], "results"), **_schools("results"),
         **_shares(SCORE_SHARES, "participant_count"),
         "mean_score": _made("results.mean_score results.participant_count",
                             "сумма баллов (средний × участников, до целого) / участников, до 0,1")},
    ),
    **{
        one.by_group: Derivation(
            f"{one.called.capitalize()} по группам школ", (*_OF_SCHOOLS, one.line, "calendar_year"),
            {"part": name, "base": name},
            {**_parts("part", one.amount, one.base, one.share, (one.amount, f"base.{one.amount}")), **_schools("base")},
        )
        for name, one in LINED.items()
    },
    "deficit_parts": Derivation(
        "Дефициты по группам школ", (*_OF_SCHOOLS, "competence", "calendar_year"), {"part": "deficits"},
        {**_parts("part", "deficit_teacher_count", "diagnosed_teacher_count", "deficit_share",
                  ("deficit_teacher_count", "part.diagnosed_teacher_count")), **_schools("part")},
    ),
    "contest_parts": Derivation(
        "Конкурсы по группам школ", (*_OF_SCHOOLS, "contest_level", "contestants", "calendar_year"),
        {"part": "contests"},
        {**_parts("part", "winner_count", "contestant_count", "winner_share",
                  ("winner_count", "part.contestant_count")), **_schools("part"),
         "contest_count": _made("part.contest_name", "строки о конкурсах", COUNT)},
    ),
    "self_assessment_parts": Derivation(
        "Самооценка по группам школ", (*_OF_SCHOOLS, "criterion", "calendar_year"), {"part": "self_assessment"},
        {**_schools("part"),
         "assessment_score": _made("part.assessment_score", "балл школы; у групп школ — среднее по школам, до 0,01")},
    ),
    "school_indicators": Derivation(
        "Показатели школ", ("indicator_id", "school_login", "aspect", *_SITTING, "calendar_year"),
        {**{name: name for name in _OF_FORMS},
         "passport": "passport", "own": "school_indicators", "earlier": "school_indicators",
         "city": "school_indicators", "population": "school_indicators", "history": "school_indicators"},
        {**_POOLED, **_FORESEEN, **_COMPARED,
         **{name: Made(("passport.formula", *(f"{table}.*" for table in _OF_FORMS)), "по паспорту показателей")
            for name in ("numerator", "denominator", "value", "interval_low", "interval_high", "school_login",
                         "aspect", *_SITTING, "programme_grade", "calendar_year", "scale", "comparability", "flags",
                         "change_note")},
         "indicator_id": _made("passport.formula")},
        nothing={"earlier": "сравнить не с чем", "city": "значения города нет",
                 "population": NOT_POOLED, "history": NOT_POOLED,
                 **dict.fromkeys(_OF_FORMS, "")},
    ),
    "school_effects": Derivation(
        "Школы по всем результатам", ("indicator_id", "school_login", "calendar_year"),
        {"results": "school_indicators", "population": "school_indicators", "history": "school_indicators",
         "context": "school_indicators"},
        {**{name: _made("population.value context.value", CONTEXT_RULE, POPULATION)
            for name in ("like_context_value", "like_context_low", "like_context_high", "above_context_probability")},
         **{name: made for name, made in _POOLED.items() if name != "threshold_probability"}, **_FORESEEN,
         "above_city_probability": _made("population.value", ALL_RESULTS, POPULATION),
         "city_value": _made("population.numerator population.denominator", "сумма по всем результатам", POPULATION),
         "numerator": _made("results.numerator", "", SUM), "denominator": _made("results.denominator", "", SUM),
         "procedure_count": _made("results.value", "результаты школы", COUNT),
         **{name: _made("results.numerator results.denominator", "по результатам, сравнимым с прежними годами")
            for name in ("comparable_count", "comparable_value", "flags")},
         **{name: _made("results.value") for name in ("indicator_id", "school_login", "calendar_year")}},
        nothing={"results": "результатов нет", "population": NOT_POOLED, "history": NOT_POOLED,
                 "context": "социальных паспортов за этот год нет"},
    ),
    "indicator_gaps": Derivation(
        "Чего нет", ("indicator_id", "calendar_year"), {"passport": "passport", "known": "school_indicators"},
        {"school_count": _made("passport.formula known.value", "школы, у которых показатель есть"),
         "missing_school_count": _made("passport.formula known.value", "школы реестра без показателя"),
         "reason": _made("passport.formula known.value")},
        nothing={"known": "показателя нет ни у одной школы"},
    ),
    "selection_hits": Derivation(
        "Процедуры правила", ("rule_id", "school_login", "procedure", "subject", "wave", "calendar_year"),
        {"rule": "selection_rules", "share": "school_indicators", "population": "school_indicators"},
        {**{name: _made(f"share.{name}", "", COPY)
            for name in ("numerator", "denominator", "value", "interval_low", "interval_high", "city_value")},
         **{name: _made("share.value rule.rule_words", "доля против порога правила") for name in ("is_low",)},
         "low_probability": _made("population.value rule.rule_words", ALL_RESULTS, POPULATION),
         "rule_id": _made("rule.rule_words"), "flags": _made("share.value rule.rule_words")},
    ),
    "selection": Derivation(
        "Школа под правилом", ("rule_id", "school_login", "calendar_year"),
        {"rule": "selection_rules", "hits": "selection_hits", "before": "selection_hits",
         "population": "school_indicators"},
        {**{name: _made("rule.rule_words hits.is_low hits.value")
            for name in ("expected_procedure_count", "known_procedure_count", "low_procedure_count", "listed",
                         "reason", "school_login", "calendar_year")},
         **{name: _made("rule.rule_words hits.is_low before.is_low")
            for name in ("repeated_low_count", "leaving", "leaving_note")},
         **{name: _made("population.value rule.rule_words", ALL_RESULTS, POPULATION)
            for name in ("low_probability", "still_low_probability")},
         "rule_id": _made("rule.rule_words")},
        nothing={"hits": "результатов процедур правила у этой школы нет", "before": "годом раньше результатов нет",
                 "population": "результатов процедур правила за этот год нет"},
    ),
    "selection_thresholds": Derivation(
        "Другой порог", ("rule_id", "threshold", "calendar_year"),
        {"rule": "selection_rules", "hits": "selection_hits"},
        {"rule_id": _made("rule.rule_words"),
         **{name: _made("rule.rule_words hits.value", "какой была бы доля против этого порога", POPULATION)
            for name in ("calendar_year", "threshold", "is_rule", "listed_school_count", "undecided_school_count",
                         "entering_schools", "leaving_schools")}},
    ),
    "training_needs": Derivation(
        "Темы обучения", ("competence", "calendar_year"), {"deficits": "deficits"},
        {**{name: _made(f"deficits.{name}", "сумма строк", SUM)
            for name in ("diagnosed_teacher_count", "deficit_teacher_count")},
         **{name: _made("deficits.diagnosed_teacher_count deficits.deficit_teacher_count", rule)
            for name, rule in (
                ("diagnosed_school_count", "школы, где диагностика была"),
                ("deficit_school_count", "школы, где дефицит есть хотя бы у одного учителя"),
                ("deficit_schools", "школы, где дефицит есть хотя бы у одного учителя"),
                ("value", "с дефицитом / диагностировано"),
                ("interval_low", "интервал Джеффриса"), ("interval_high", "интервал Джеффриса"),
                ("expected_rank", RANK_RULE), ("rank_low", RANK_RULE), ("rank_high", RANK_RULE),
                ("top_probability", RANK_RULE), ("flags", ""), ("competence", ""))}},
    ),
    "passport": Derivation("Паспорт показателей", ("indicator_id",), values=("formula", "formula_source"),
                           entry=f"{PASSPORT_FILE}, {{indicator_id}}"),
    "selection_rules": Derivation("Правило отбора", ("rule_id",), values=("rule_words",),
                                  entry=f"{SELECTION_FILE}, {{rule_id}}"),
    "sources": Derivation("Полученный файл", ("file_name",), values=("origin", "received"),
                          entry=f"{SOURCES_FILE}, {{file_name}} (sha256 {{sha256}})"),
    "abbreviations": Derivation("Сокращения", ("term",), entry=f"{TERMS_FILE}, «{{term}}»"),
    "assumptions": Derivation("Журнал допущений", ("assumption_id",),
                              entry=f"{' или '.join(ASSUMPTION_FILES)}, {{assumption_id}}"),
    "conclusions": Derivation("Фразы отчёта", ("sentence_id",)),
}  # fmt: skip
DERIVATIONS: dict[str, Derivation] = {**RECEIVED, **MADE}
