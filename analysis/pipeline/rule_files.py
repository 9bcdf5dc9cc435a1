"""What people decide for a project, read whole before anything rests on it: a fault in these files is a finding."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.cleaning.corrections import Amendments, load_amendments
from analysis.contracts.columns import typed_table
from analysis.contracts.execution import Abbreviations, Sources
from analysis.contracts.findings import WHOLE_FILE, Finding, Severity
from analysis.contracts.report import CONFIRMED, Assumptions, PassportRows, SelectionRules
from analysis.errors import AnalysisError
from analysis.rules.config import (
    CORRECTIONS_FILE,
    PROJECT_FILE,
    REPORTING_FILE,
    SOURCES_FILE,
    TERMS_FILE,
    TO_FILL_IN,
    Abbreviation,
    Record,
    Report,
    Source,
    Terms,
    load_record,
    load_reporting,
    load_sources,
    load_terms,
)
from analysis.rules.documents import SETTINGS_FILE, load_settings
from analysis.rules.methods import NO_INTERVAL, Indicator, Methods, RuleSet, load_methods
from analysis.rules.office_files import (
    CALENDAR_FILE,
    COLUMNS_FILE,
    SCHOOLS_FILE,
    Assumption,
    load_assumptions,
    load_calendar,
    load_columns,
    load_mergers,
    load_policy,
    load_red_share,
    load_vocabulary,
)
from analysis.rules.toml_file import RulesError
from analysis.rules.written import NOT_CONFIRMED, bracketed, doubt

READERS: tuple[Callable[[Path], object], ...] = (
    load_sources,
    load_amendments,
    load_reporting,
    load_terms,
    load_columns,
    load_mergers,
    load_calendar,
    load_vocabulary,
    load_policy,
    load_methods,
    load_red_share,
    load_assumptions,
    load_settings,
)
# Without these nothing that was received can be read.
NEEDED_TO_READ = (
    SOURCES_FILE,
    CORRECTIONS_FILE,
    REPORTING_FILE,
    TERMS_FILE,
    COLUMNS_FILE,
    CALENDAR_FILE,
    SCHOOLS_FILE,
)
# Where `analysis new` leaves a name to be filled in.
NAMED_IN = (PROJECT_FILE, "reports/_quarto.yml", "reports/index.qmd")
MESSAGE = re.compile(r"^(?P<file>.+?\.toml)(?:, (?P<place>.+?))?: (?P<said>.+)$", re.DOTALL)
MEND = "Исправьте файл правил и повторите analysis check."
NOTHING_ELSE = f"{MEND} Пока он не читается, полученные файлы не проверены."
NO_DOCUMENTS = f"{MEND} Отчёту он не нужен; документы (analysis documents) пока не делаются."


@dataclass(frozen=True)
class Rules:
    """What people have recorded of the files that were received."""

    record: Record
    amendments: Amendments
    terms: Terms
    reporting: Sequence[Report]


def load_rules(root: Path) -> Rules:
    """Reads them; `broken_rules` says where that cannot be done."""
    return Rules(load_record(root), load_amendments(root), load_terms(root), load_reporting(root))


def broken_rules(root: Path) -> list[Finding]:
    """Returns a finding for each entry of a file of rules that cannot be read, with its keys."""
    faults = dict.fromkeys(fault for read in READERS for fault in _faults(read, root))
    return [_finding(fault) for fault in faults]


def names_to_fill_in(root: Path) -> list[Finding]:
    """Returns a finding for each file in which the city or the publisher has no name yet."""
    found = []
    for file in (one for one in NAMED_IN if (root / one).is_file()):
        lines = enumerate((root / file).read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        if some := [(number, line.strip()) for number, line in lines if TO_FILL_IN in line]:
            places = tuple(f"строка {number}" for number, _ in some)
            said = "Вместо названия стоит заготовка: она печатается на страницах отчёта."
            found.append(Finding("rules", Severity.ATTENTION, file, places, some[0][1], said, "Впишите название."))
    return found


def nothing_can_be_read(findings: list[Finding]) -> bool:
    """Whether one of the broken files is needed to read what was received."""
    return any(one.file in NEEDED_TO_READ for one in findings)


def _faults(read: Callable[[Path], object], root: Path) -> Sequence[str]:
    try:
        read(root)
    except RulesError as error:
        return error.faults
    return ()


def _finding(fault: str) -> Finding:
    parts = MESSAGE.match(fault)
    if parts is None:
        raise AnalysisError(fault)
    file = parts["file"]
    severity = Severity.ATTENTION if file == SETTINGS_FILE else Severity.BLOCKS
    action = NO_DOCUMENTS if file == SETTINGS_FILE else NOTHING_ELSE if file in NEEDED_TO_READ else MEND
    said = parts["said"]
    return Finding("rules", severity, file, (parts["place"] or WHOLE_FILE,), "", said[0].upper() + said[1:], action)


# What people wrote into files of rules becomes typed tables, after their contracts.


def rule_tables(
    sources: Sequence[Source],
    abbreviations: Sequence[Abbreviation],
    assumptions: Sequence[Assumption],
    methods: Methods | None,
) -> dict[str, pd.DataFrame]:
    """Returns passport, selection_rules, sources, abbreviations and assumptions, each in the order of its file."""
    return {
        "passport": typed_table(PassportRows, list(map(_passport_row, methods.passport.indicators if methods else ()))),
        "selection_rules": typed_table(SelectionRules, list(map(_rule, methods.rules if methods else ()))),
        "sources": typed_table(Sources, [{**vars(one), "file_name": one.file} for one in sources]),
        "abbreviations": typed_table(Abbreviations, list(map(vars, abbreviations))),
        "assumptions": typed_table(Assumptions, list(map(_assumption_row, assumptions))),
    }


# Fields that are columns by the same name are not listed: a contract takes from a row what it knows.
def _assumption_row(one: Assumption) -> dict[str, object]:
    """An assumption as a row of contracts.report.Assumptions."""
    confirmation = CONFIRMED if one.confirmed else NOT_CONFIRMED
    return {**vars(one), "statement": one.text, "confirmation": confirmation, "since_date": one.since}


def _passport_row(one: Indicator) -> dict[str, object]:
    """An indicator as a row of contracts.report.PassportRows."""
    parts = {"numerator_parts": "; ".join(one.numerator), "denominator_parts": "; ".join(one.denominator)}
    named = {"indicator_id": one.id, "indicator_name": one.name, "interval_kind": _interval_words(one)}
    return {**vars(one), **named, **parts}


def _interval_words(one: Indicator) -> str:
    """The kind of interval, or why there is none."""
    return f"нет: {one.interval_note}" if one.interval == NO_INTERVAL else one.interval


def _rule(rule: RuleSet) -> dict[str, object]:
    sure = bracketed(doubt(rule.default, rule.confirmed))
    threshold = f"{rule.threshold:.4f}".rstrip("0").rstrip(".").replace(".", ",")
    return {
        "rule_id": rule.id,
        "rule_words": f"«{rule.name}»{sure}: низкая — доля не меньше {threshold}; в списке — низких не меньше "
        f"{rule.minimum_low_procedures}, повторение: {rule.repetition}",
    }
