"""One city of a region: its work as a task that tells what came of it as plain data, and its last good state.

A task may run twice, or end anywhere: work of a city is done by its own project, which replaces only whole folders, and
what the region keeps of it is swapped in whole.
"""

import contextlib
import ctypes
import gc
import hashlib
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock

from analysis.contracts.region import APPROVED_INDICATORS, APPROVED_TABLES, tables_of_cities
from analysis.errors import AnalysisError, BlockedError, not_written
from analysis.files.memory import SILENT
from analysis.files.storage import (
    code_fingerprint,
    file_hash,
    fingerprint,
    read_manifest,
    replace_folder,
    texts_as_objects,
    write_file_whole,
)
from analysis.files.storage import read_table as read_built
from analysis.pipeline.build import build_if_changed
from analysis.project.checking import check
from analysis.project.publication import Publishing, report
from analysis.region.dataset import (
    CITY,
    HASH_DIGITS,
    RULE_FILES,
    STATE,
    Told,
    can_be_read,
    file_hashes,
    read_state,
    sitting_key,
    write_table,
)
from analysis.rules.config import PROJECT_FILE, Project, load_project
from analysis.rules.methods import Methods, load_methods
from analysis.statistics.counts import processes

CHECK, BUILD, REPORT = STEPS = ("check", "build", "report")
TOLD = ("city", "invented", "logins", "findings", "rules")


@dataclass(frozen=True)
class Order:
    """What is to be done for a city; it travels between processes and machines.

    Attributes:
        step: One of STEPS.
        id: The city.
        folder: Its project.
        target: The folder of its last good state.
        today: The day that a new state bears, in ISO form.
    """

    step: str
    id: str
    folder: str
    target: str
    today: str


def run_city(order: Order) -> Told:
    """Does a step for a city; a fault of one city is told and stops no other.

    Returns:
        `id`, `error` (empty where all is well), where the project could be read what `TOLD` names, and where it was
        built now, or is so still, `is_built`.
    """
    try:
        with processes(1):
            return _worked(order)
    except AnalysisError as error:
        return failed(order, str(error))
    except OSError as error:
        return failed(order, not_written(error))
    except Exception as error:  # noqa: BLE001 - even a fault of the program in one city must stop no other
        return failed(order, f"ошибка программы ({type(error).__name__}: {error}). Сообщите о ней, приложив эту строку")
    finally:
        _give_memory_back()


def unchanged(order: Order) -> Told | None:
    """What is told of a city of which nothing has changed since it was built, or published, without a fault.

    All that it was made of and all that it has made is compared by content. None where work is to be done.
    """
    from analysis.pipeline.fresh import is_fresh

    state = read_state(Path(order.target))
    try:
        project = load_project(Path(order.folder))
        same = is_fresh(project, project.editions) and state.get("key") == _key(project)
        same = same and can_be_read(Path(order.target))
        if same and (order.step == BUILD or order.step == REPORT and state.get("published") == _site(project)):
            return _told(order, state)
    except (AnalysisError, OSError):
        pass  # its task says what is wrong
    return None


def _told(order: Order, state: Told) -> Told:
    return {"id": order.id, "error": "", "is_built": True, **{name: state[name] for name in TOLD}}


def _key(project: Project) -> str:
    """What the good state of a city is kept by: its tables, settings and rules, and the code that made them."""
    files = fingerprint(project.root, [project.root / file for file in (PROJECT_FILE, *RULE_FILES)])
    made = json.dumps([read_manifest(project.root)["tables"], files, code_fingerprint()], sort_keys=True)
    return hashlib.sha256(made.encode()).hexdigest()


def _site(project: Project) -> str:
    """The hash of the report sources, of what they stand on, and of the site."""
    files = [path for path in (project.root / "reports").rglob("*") if path.is_file()]
    stood_on = [read_manifest(project.root)["inputs"], code_fingerprint(), fingerprint(project.root, files)]
    return hashlib.sha256("\n".join(stood_on).encode()).hexdigest()


def failed(order: Order, said: str) -> Told:
    """What is told of a city whose work came to nothing."""
    return {"id": order.id, "error": " ".join(said.split())}


def _worked(order: Order) -> Told:
    folder = Path(order.folder)
    if not (folder / PROJECT_FILE).is_file():
        raise AnalysisError(f"{folder}: проекта города здесь нет ({PROJECT_FILE}). Проверьте ключ «folder»")
    project = load_project(folder)
    if order.step == CHECK:
        return _checked(order, project)
    target = Path(order.target)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Where a machine is thought dead and is not, the same city may be at work twice.
    with FileLock(target.parent / f".{order.id}.lock"):
        return _built(order, project, target)


def _checked(order: Order, project: Project, error: str = "") -> Told:
    checked = check(project, SILENT)
    schools = checked.tables.get("schools", pd.DataFrame({"school_login": []}))
    return {
        "id": order.id, "error": error, "city": project.city, "invented": project.invented,
        "logins": sorted(map(str, schools["school_login"])),
        "findings": counted((one.severity, one.rule, one.explanation) for one in checked.findings),
        "rules": rules_of(project.root),
    }  # fmt: skip


def _built(order: Order, project: Project, target: Path) -> Told:

    try:
        build_if_changed(project, (), SILENT)
    except BlockedError:
        return _checked(
            order, project, "сборку останавливают замечания; полный список даёт analysis check в папке проекта города"
        )
    with texts_as_objects():
        state = _landed(order, project, target)
    told = _told(order, state)
    if order.step == REPORT:
        try:
            report(project, (), Publishing(("html",), "builtin"), SILENT)
        except AnalysisError as error:
            told["error"] = f"собран, но отчёт не опубликован: {' '.join(str(error).split())}"
        _keep_state(target, state | {"published": "" if told["error"] else _site(project)})
    return told


def counted(findings: Iterable[tuple[Any, Any, Any]]) -> list[list[Any]]:
    """Findings as severity, rule, explanation and how many there are of each."""
    return [[str(one) for one in key] + [count] for key, count in sorted(Counter(findings).items(), key=str)]


def rules_of(root: Path) -> dict[str, str]:
    """The hash of each file of rules that decides whether cities can be compared."""
    return {file: file_hash(root / file) for file in RULE_FILES}


def _landed(order: Order, project: Project, target: Path) -> Told:
    """Keeps the tables of the last build as the city's good state; the same build is kept once, with its first day."""
    key, before = _key(project), read_state(target)
    if before.get("key") == key and can_be_read(target):
        return before
    for leftover in target.parent.glob(f".{order.id}+*"):  # the lock shows that no run of this city is alive
        shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f".{order.id}+", dir=target.parent) as draft:
        new = Path(draft) / order.id
        new.mkdir()
        names = [name for name in read_manifest(project.root)["tables"] if name in tables_of_cities()]
        tables = {name: read_built(project.root, name) for name in names}
        for name, table in tables.items():
            write_table(new, name, table.assign(**{CITY: order.id}))
        state = {"key": key, "made": order.today, "files": file_hashes(new), **_state(project, tables)}
        _keep_state(new, state)
        replace_folder(new, target)
    return state


def _keep_state(folder: Path, state: Told) -> None:
    text = json.dumps(state, ensure_ascii=False, indent=1, sort_keys=True)
    if read_state(folder) != state:
        write_file_whole(folder / STATE, text.encode())


def _state(project: Project, tables: Mapping[str, pd.DataFrame]) -> Told:
    """What the region must know of a city beside its tables."""
    methods, found = load_methods(project.root), tables["findings"]
    about = [found[name] for name in ("severity", "rule", "explanation")]
    return {
        "city": project.city,
        "invented": project.invented,
        "publisher": project.publisher,
        "site_url": project.site_url,
        "editions": list(project.editions),
        "logins": sorted(map(str, tables["schools"]["school_login"])) if "schools" in tables else [],
        "findings": counted(zip(*about, strict=True)),
        "rules": rules_of(project.root),
        "passport": methods.passport.version if methods else "",
        "methods": _definitions(methods) if methods else {},
        "indicators": [asdict(one) for one in methods.passport.indicators] if methods else [],
        "hashes": {str(year): numbers_hash(tables, year) for year in project.editions},
    }


def numbers_hash(tables: Mapping[str, pd.DataFrame], year: int) -> str:
    """The hash of the numbers of a year, by which a city approves them; empty where there is none to approve."""
    asked = {name: tables[name] for name in APPROVED_TABLES if name in tables}
    if "school_indicators" in tables:
        asked["school_indicators"] = tables["school_indicators"][APPROVED_INDICATORS]
    rows = {name: table[table["calendar_year"] == year] for name, table in asked.items()}
    if all(table.empty for table in rows.values()):
        return ""
    of_year = [f"{name}\n{table.to_csv(index=False)}" for name, table in rows.items()]
    return hashlib.sha256("".join(of_year).encode()).hexdigest()[:HASH_DIGITS]


def _definitions(methods: Methods) -> dict[str, str]:
    """What decides a number, by indicator and by sitting: only equal definitions are compared."""
    parts = ("table", "scale", "procedures", "kind", "numerator", "weights", "denominator")
    held = ("scale", "grade_lag", "school_year", "grades")
    return {
        **{one.id: _digest(asdict(one), parts) for one in methods.passport.indicators},
        **{
            sitting_key(one.procedure, one.calendar_year, one.wave): _digest(asdict(one), held)
            for one in methods.calendar
        },
    }


def _digest(values: Mapping[str, Any], names: Iterable[str]) -> str:
    return hashlib.sha256(repr([values[name] for name in names]).encode()).hexdigest()[:HASH_DIGITS]


def _give_memory_back() -> None:
    """A process grows with every city: what Python has freed goes back to the system only when it is told so."""
    gc.collect()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # not every C library has it
            ctypes.CDLL("libc.so.6").malloc_trim(0)
