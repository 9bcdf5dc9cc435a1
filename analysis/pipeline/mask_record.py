"""What a mask stands on beside the policy: the secret of the office, and a record of what public editions have printed.

Both lie in data/private, are never published and belong to what the office backs up.
"""

import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.contracts.findings import Finding, Severity
from analysis.contracts.school_groups import GROUP_TABLES, column_title
from analysis.errors import AnalysisError, reason
from analysis.files.atomic import BUILD_LOCK, only_one_at_work, write_file_whole
from analysis.indicators.school_tables import PARTS, public_rows, row_keys
from analysis.rules.disclosure_policy import OPEN_CHOICE, PRIVATE_FOLDER, SECRET_FILE, Choice, WentOut

if TYPE_CHECKING:
    import pandas as pd

KEY = re.compile(r"[0-9a-f]{64}")
WHY = "от него зависит, какие числа скрыты в открытом отчёте"
EARLIER = (
    "открытый отчёт уже напечатал эти числа, а теперь они скрыты: исправление сделало число людей малым, или по ним "
    "вычисляется скрытое",
    "прежний отчёт остаётся у тех, кто его скачал: решите, отзывать ли его; затем опубликуйте новый",
)
RESTORE = (
    "Верните файл из резервной копии. Если её нет, удалите папку data/private: программа сделает новый ключ, но скроет "
    "другие числа, и вместе с прежними отчётами они могут выдать скрытое."
)


def choice_for(root: Path, facts: "Mapping[str, pd.DataFrame]") -> Choice:
    """Returns the secret, made where there is none yet, and what went out; of a project without school facts neither.

    Raises:
        AnalysisError: Another run is making it, the secret or the record cannot be read, or the secret was lost.
    """
    if not any(len(facts.get(name, ())) for name in (*PARTS, "results")):
        return OPEN_CHOICE
    went_out: dict[str, dict[str, WentOut]] = {}
    for path in sorted((root / PRIVATE_FOLDER).glob("printed-*.json")):
        for name, rows in _read_record(root, path).items():
            went_out.setdefault(name, {}).update(rows)
    return Choice(_secret(root, is_first=not went_out), went_out)


def keep_record(root: Path, tables: "Mapping[str, pd.DataFrame]", years: Sequence[int]) -> None:
    """Notes which cells the public editions of some years print and hide; what stands there already stays.

    Raises:
        AnalysisError: Another run is at work.
    """
    for year in years:
        now = {name: _of_year(name, tables[f"public_{name}"], year)
               for name in GROUP_TABLES if f"public_{name}" in tables and name != "self_assessment_parts"}  # fmt: skip
        path = root / _record_file(year)
        before = _read_record(root, path) if path.is_file() else {}
        kept = {name: {**before.get(name, {}), **rows} for name, rows in now.items()}
        content = {name: {key: [sorted(one.printed), sorted(one.hidden)] for key, one in sorted(rows.items())}
                   for name, rows in kept.items() if rows}  # fmt: skip
        if content and kept != before:
            with only_one_at_work(root / BUILD_LOCK):
                write_file_whole(path, json.dumps(content, ensure_ascii=False, indent=0).encode())


def with_printed_before(
    findings: "pd.DataFrame", tables: "Mapping[str, pd.DataFrame]", choice: Choice
) -> "pd.DataFrame":
    """Returns the findings and those of numbers that an earlier public edition has printed and that are hidden now."""
    import pandas as pd

    from analysis.pipeline.check import findings_table  # with all that reads files, which publishing goes without

    earlier = list(_printed_before(tables, choice))
    return pd.concat([findings, findings_table(earlier)], ignore_index=True) if earlier else findings


def _printed_before(tables: "Mapping[str, pd.DataFrame]", choice: Choice) -> Iterator[Finding]:
    for name, rows in choice.went_out.items():
        for key, now in _all_rows(name, tables[f"public_{name}"]).items() if f"public_{name}" in tables else ():
            columns = sorted(now.hidden & rows.get(key, WentOut()).printed)
            if columns:
                file, said = _record_file(key.partition("|")[0]), "; ".join(map(column_title, columns))
                yield Finding("printed_before", Severity.ATTENTION, file, (key,), said, *EARLIER)


def _record_file(year: int | str) -> str:
    return f"{PRIVATE_FOLDER}/printed-{year}.json"


def _secret(root: Path, is_first: bool) -> str:
    path = root / SECRET_FILE
    if not path.exists():
        if not is_first:
            raise AnalysisError(f"{SECRET_FILE}: ключа нет, {WHY}, а отчёты с ним уже выходили. {RESTORE}")
        with only_one_at_work(root / BUILD_LOCK):
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                write_file_whole(path, f"{secrets.token_hex(32)}\n".encode())
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise AnalysisError(f"{SECRET_FILE}: ключ не читается ({reason(error)}), {WHY}. {RESTORE}") from None
    except UnicodeDecodeError:
        lines = []
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if len(found) != 1 or not KEY.fullmatch(found[0]):
        said = "нужна одна строка из 64 знаков 0–9 и a–f"
        raise AnalysisError(f"{SECRET_FILE}: ключ испорчен ({said}), {WHY}. {RESTORE}")
    return found[0]


def _read_record(root: Path, path: Path) -> dict[str, dict[str, WentOut]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {name: {key: WentOut(*map(frozenset, said)) for key, said in rows.items()}
                for name, rows in content.items()}  # fmt: skip
    except (OSError, ValueError, TypeError, AttributeError):
        raise AnalysisError(
            f"{path.relative_to(root).as_posix()}: запись о том, что напечатано в открытом отчёте, не читается. "
            "Верните файл из резервной копии; без него новый отчёт может открыть то, что прежний скрыл."
        ) from None


def _of_year(name: str, table: "pd.DataFrame", year: int) -> dict[str, WentOut]:
    return _all_rows(name, public_rows(name, table[table["calendar_year"] == year]))


def _all_rows(name: str, table: "pd.DataFrame") -> dict[str, WentOut]:
    """By row what of it is printed and what is hidden."""
    titles = {column_title(column): column for column in table.columns}
    hidden = [frozenset(titles[label] for label in labels.split("; ") if label) for labels in table["hidden_columns"]]
    printed = table.notna().to_numpy()
    return {
        key: WentOut(frozenset(table.columns[row]) - KEYS_OF_ROWS, some)
        for key, row, some in zip(row_keys(name, table), printed, hidden, strict=True)
    }


KEYS_OF_ROWS = frozenset({
    "calendar_year", "school_year", "procedure", "subject", "programme_grade", "sitting_grade", "wave", "scope",
    "group_name", "school_count", "hidden_columns", "pupil_group", "staff_group", "staff_unit", "competence",
    "contest_level", "contestants",
})  # fmt: skip
