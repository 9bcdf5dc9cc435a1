"""Roadmaps for the tests: the signed one line by line, small invented ones, and projects that hold them."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from analysis.contracts.findings import Finding, Severity
from analysis.pipeline.check import Checked, check_project
from analysis.rules.config import Project, load_project

HOUSE = Path(__file__).parents[1]
SIGNED = HOUSE / "data/raw/roadmap_2020-2022.txt"
SIGNED_LINES = tuple(SIGNED.read_text(encoding="utf-8").split("\n"))

HEADING = (
    "Утверждаю:",
    "Начальник управления образования города Светлого",
    "А.Б. Ветрова",
    "«1» февраля 2023 г.",
    "«Дорожная карта» поддержки школ в 2023-2025 гг.",
)
HEADER = ("№ п/п", "Мероприятие", "Результат", "Плановое значение", "2023 г.", "2024 г.", "2025 г.", "Исполнители")
TASK = ("1.", "Поддержка школ", "", "", "", "", "", "")
FIRST = ("1.1", "Отбор школ", "Количество школ", "2", "2", "2", "2", "УО, ИМО")
SECOND = ("1.2.", "Семинар", "Программа семинара", "2", "0", "1", "1", "ИМО")
# What a plan says of a measure that counts something and of its target, beside the number.
COUNTED = {"measure_kind": "count", "better": None, "target_mark": None, "comparator": "="}
OF_MEASURE = {
    "measure_kind": "count", "measure_unit": None, "better": None, "baseline_value": None, "baseline_year": None,
    "deadline_text": None, "total_mark": None, "measure_identity": "1.1/1",
}  # fmt: skip
OF_TARGET = {"target_mark": None, "derived_rule": None, "in_force": True}
ADDRESS_COLUMNS = {"source_file", "place", "task_place", "title_place", "approved_date_place"}

Row = Sequence[str]


def document(rows: Iterable[Row] = (TASK, FIRST, SECOND), header: Iterable[Row] = (HEADER,), heading=HEADING) -> str:
    """A small roadmap as tab-separated text."""
    return "\n".join([*heading, *("\t".join(row) for row in (*header, *rows))])


def with_cell(row: Row, position: int, text: str) -> tuple[str, ...]:
    """The row with one cell replaced; positions count from 0."""
    return (*row[:position], text, *row[position + 1 :])


def project_with(
    folder: Path,
    content: bytes | str,
    name: str = "roadmap.txt",
    editions: Sequence[int] = (2023,),
    corrections: str = "",
    terms: str = "",
    collection: str = "",
) -> Project:
    """A project in `folder` whose signed document is `content`, entered in SOURCES.toml as received."""
    content = content.encode() if isinstance(content, str) else content
    raw = folder / "data/raw"
    raw.mkdir(parents=True, exist_ok=True)
    (raw / name).write_bytes(content)
    (folder / "project.toml").write_text(
        f'[project]\ncity = "Светлый"\npublisher = "УО"\ncontact = ""\nsite_url = ""\neditions = {list(editions)}\n'
        f'[roadmap]\nfile = "data/raw/{name}"\nlargest_plausible_count = 1000\n{collection}',
        encoding="utf-8",
    )
    (raw / "SOURCES.toml").write_text(
        f'[[source]]\nfile = "data/raw/{name}"\ntitle = "т"\norigin = "о"\nreceived = 2023-03-01\n'
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"\nlicence = "л"\n',
        encoding="utf-8",
    )
    (folder / "data/corrections.toml").write_text(corrections, encoding="utf-8")
    (folder / "data/terms.toml").write_text(terms, encoding="utf-8")
    return load_project(folder)


def check(folder: Path, content: bytes | str, name: str = "roadmap.txt", **more) -> Checked:
    """What `check` says of a project with this document."""
    return check_project(project_with(folder, content, name, **more))


def blocking_rules(checked: Checked) -> list[str]:
    """Rules of the findings that stop the build."""
    return [finding.rule for finding in checked.findings if finding.severity is Severity.BLOCKS]


def the_blocking(checked: Checked) -> Finding:
    """The only finding that stops the build."""
    (finding,) = (one for one in checked.findings if one.severity is Severity.BLOCKS)
    return finding


def of_rule(checked: Checked, rule: str) -> list[Finding]:
    """Findings of one rule."""
    return [finding for finding in checked.findings if finding.rule == rule]


def without_addresses(checked: Checked) -> dict[str, pd.DataFrame]:
    """The typed tables but for where things stand; two files with one content give the same."""
    names = ("approval", "activities", "measures", "targets", "executors")
    return {
        name: checked.tables[name][[one for one in checked.tables[name].columns if one not in ADDRESS_COLUMNS]]
        for name in names
    }


def assert_same_tables(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> None:
    """Both hold the same rows and types."""
    assert list(one) == list(other)
    for name in one:
        pd.testing.assert_frame_equal(one[name], other[name], obj=name)


def targets_of(checked: Checked) -> dict[str, list[int | None]]:
    """Targets by year, for each measure such as «4.1/2»."""
    found: dict[str, list[int | None]] = {}
    for row in checked.tables["targets"].itertuples():
        count = None if pd.isna(row.target_count) else int(row.target_count)
        found.setdefault(f"{row.activity_code}/{row.measure_number}", []).append(count)
    return found


def executors_of(checked: Checked) -> dict[str, list[str]]:
    """Executors of each activity in the order named."""
    frame = checked.tables["executors"]
    return {code: list(group["executor_name"]) for code, group in frame.groupby("activity_code", sort=False)}


def unaccounted(checked: Checked, places: Iterable[str]) -> list[str]:
    """Those addresses that are neither in `cells` with a role nor named by a finding."""
    cells = checked.tables["cells"]
    read = set(cells.loc[cells["role"] != "unread", "place"])
    named = {place for finding in checked.findings for place in finding.places}
    return [place for place in places if not {place, place.split(", ячейка")[0]} & (read | named)]
