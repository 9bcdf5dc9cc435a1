"""What people decide for a project, read whole before anything rests on it: a fault in these files is a finding."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.cleaning.corrections import Amendments, load_amendments
from analysis.contracts.findings import WHOLE_FILE, Finding, Severity
from analysis.errors import AnalysisError
from analysis.rules.config import (
    CORRECTIONS_FILE,
    PROJECT_FILE,
    REPORTING_FILE,
    SOURCES_FILE,
    TERMS_FILE,
    TO_FILL_IN,
    Record,
    Report,
    Terms,
    load_record,
    load_reporting,
    load_sources,
    load_terms,
)
from analysis.rules.documents import SETTINGS_FILE, load_settings
from analysis.rules.methods import load_methods
from analysis.rules.office_files import (
    CALENDAR_FILE,
    COLUMNS_FILE,
    SCHOOLS_FILE,
    load_assumptions,
    load_calendar,
    load_columns,
    load_mergers,
    load_policy,
    load_red_share,
    load_vocabulary,
)
from analysis.rules.toml_file import RulesError

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
