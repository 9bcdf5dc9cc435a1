"""What was received: each returned workbook as it is read, which of them are in force and count, and who may report."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import count
from typing import Any

from analysis.cleaning.corrections import Correction, apply_workbook_corrections, load_amendments
from analysis.cleaning.registry import (
    LOGIN,
    Registry,
    clean_registry,
    named_schools,
    school_row,
    with_ended,
    with_former_names,
    with_mergers,
)
from analysis.contracts.facts import COUNTED, LATE, REPLACED
from analysis.contracts.findings import WHOLE_FILE, Finding, Severity
from analysis.contracts.report import received_cell
from analysis.errors import AnalysisError
from analysis.files.memory import FORGETFUL, SILENT, Memory, Progress
from analysis.files.storage import received_bytes
from analysis.intake.workbook import Identity, Returned, read_returned, read_workbook, texts_of
from analysis.rules.config import Collection, Project, Source, collection_of, workbooks_in_force
from analysis.rules.office_files import SCHOOLS_FILE, Merger, load_mergers

OR_FORGET_IT = "Чтобы сборка шла без этого файла, возьмите его приём назад: analysis receive --undo {}."
# What people write beside their numbers may name somebody.
NOT_KEPT = ("note",)
Reader = Callable[[Source], Returned]
Received = tuple[Source, Returned]


@dataclass(frozen=True)
class Came:
    """The workbooks in force.

    Attributes:
        returned: By kind, in the order of the record; no forms of schools that were part of another one all the year.
        registries: The registry with what earlier ones and data/schools.toml know of its schools.
        mergers: The schools of it that became part of others.
        collection: Who reports.
        findings: About those that cannot be or need not be read, and about corrections applied.
    """

    returned: Mapping[str, Sequence[Received]]
    registries: Sequence[Registry]
    mergers: Sequence[Merger]
    collection: Collection
    findings: Sequence[Finding]

    def cells(self) -> list[dict[str, Any]]:
        """The cells of these workbooks as they stood: rows of `contracts.report.ReceivedCells`."""
        return [row for some in self.returned.values() for _, one in some for row in _cells(one)]


def received_workbooks(project: Project, sources: Sequence[Source], read: Reader) -> Came:
    """Reads every returned workbook that is in force; one bad file never hides the findings of the others.

    Args:
        project: The project.
        sources: All received files.
        read: Reads a workbook (`reader`).

    Raises:
        AnalysisError: The project does not say who reports.
    """
    collection = collection_of(project, "формы получены, а раздела [collection] нет.")
    returned, findings = _returned(project, sources, read)
    former, recorded = _former(sources, read), load_mergers(project.root)
    registries = [_with_history(registry, former, recorded) for _, registry in returned["registry"]]
    ended = {line[LOGIN] for one in registries for line in one.rows.get("school_mergers", ())}
    mergers = tuple(one for one in recorded if one.login in ended)
    returned["form"], after_the_end = _before_the_end(returned["form"], mergers)
    return Came(returned, registries, mergers, collection, [*findings, *after_the_end])


def _cells(form: Returned) -> Iterator[dict[str, Any]]:
    for line in (line for lines in form.rows.values() for line in lines):
        sheet = line.place.rpartition(", строка ")[0]
        for name, cell in line.cells.items():
            place = f"{sheet}, ячейка {cell.address}"
            if name not in NOT_KEPT and place in form.texts:
                yield received_cell(form.file, place, name, form.texts[place])


def _returned(
    project: Project, sources: Sequence[Source], read: Reader
) -> tuple[dict[str, list[Received]], list[Finding]]:
    """The workbooks in force by kind; findings about those that cannot be or need not be read, and about corrections
    applied."""
    returned: dict[str, list[Received]] = defaultdict(list)
    findings: list[Finding] = []
    written: list[tuple[Source, Identity]] = []
    for source in workbooks_in_force(sources):
        try:
            found = read(source)
            written.append((source, found.identity))
            named = by_one_name(found.identity, project.collection)
            found = found if named == found.identity else replace(found, identity=named)
            if _is_of_another_edition(found.identity, project):
                findings.append(_other_edition(source, found.identity, project))
            else:
                returned[source.kind].append((source, found))
                findings += found.corrected
        except AnalysisError as error:
            findings.append(_unreadable(source, str(error)))
    return returned, [*findings, *_under_two_names(written, project.collection)]


def whose(form: Returned) -> tuple[str, int]:
    """Returns who has filled a form in, and for which year."""
    return form.identity.reporter, form.identity.calendar_year


def _former(sources: Sequence[Source], read: Reader) -> list[tuple[date, Registry]]:
    """The earlier registries, with the day on which each came; one that cannot be read is no new fault."""
    found = []
    standing = workbooks_in_force(sources)
    for source in sources:
        if source.kind == "registry" and source not in standing:
            with suppress(AnalysisError):
                found.append((source.received, clean_registry(read(source))))
    return found


def _with_history(returned: Returned, former: Sequence[tuple[date, Registry]], mergers: Sequence[Merger]) -> Registry:
    """A registry with what earlier ones and data/schools.toml know of its schools."""
    whole = with_ended(clean_registry(returned), [registry for _, registry in former], mergers)
    return with_mergers(with_former_names(whole, former), mergers)


def _before_the_end(forms: Sequence[Received], mergers: Sequence[Merger]) -> tuple[list[Received], list[Finding]]:
    """The forms, without those of schools that were part of another one in the whole year; these are findings."""
    ended = {one.login: one for one in mergers}
    kept, findings = [], []
    for source, form in forms:
        reporter, year = whose(form)
        if reporter in ended and ended[reporter].is_before(year):
            findings.append(_after_the_end(source, ended[reporter], year))
        else:
            kept.append((source, form))
    return kept, findings


def _after_the_end(source: Source, merger: Merger, year: int) -> Finding:
    said = f"Школа {merger.login} закрыта с {merger.day}"
    action = f"Если дата не та, исправьте {SCHOOLS_FILE}; иначе ничего."
    if merger.into is not None:
        said = f"Школа {merger.login} с {merger.day} в составе {merger.into}: за {year} год отчитывается {merger.into}"
        action = f"Сверьте с формой школы {merger.into}; если дата не та, исправьте {SCHOOLS_FILE}."
    said = f"{said}; сведения этой формы за {year} год в отчёт не вошли."
    return _whole_file(source, "merged_school", Severity.ATTENTION, merger.login, said, action)


def reader(
    project: Project,
    corrections: Sequence[Correction],
    memory: Memory = FORGETFUL,
    of: int = 0,
    progress: Progress = SILENT,
) -> Reader:
    """Returns what reads the received workbooks with their recorded corrections, each once.

    Args:
        project: The project.
        corrections: All recorded corrections.
        memory: What was read before.
        of: How many will be read.
        progress: Is told how many have been.

    Returns:
        A function that raises AnalysisError for a file that cannot be read, or is not what was received.
    """
    number = count(1)

    def read(source: Source) -> Returned:
        content = received_bytes(project.root, source.file, source.sha256)
        own = [one for one in corrections if one.file == source.file]
        given = (content, own, source.file)
        found = memory.remembered("workbook", given, partial(_read, *given))
        done = next(number)
        progress.step("Читаю книги", done, of, source.file) if done < of else progress.step("Сверяю прочитанное")
        return found

    return read


def _read(content: bytes, corrections: Sequence[Correction], file: str) -> Returned:
    came = read_workbook(content, file)
    workbook, applied = apply_workbook_corrections(came, corrections, file)
    return replace(read_returned(workbook, file), texts=texts_of(came), corrected=tuple(applied))


def _unreadable(source: Source, message: str) -> Finding:
    said = message.removeprefix(f"{source.file}: ")
    action = f"Получите файл заново. {OR_FORGET_IT.format(source.file)}"
    return _whole_file(source, "workbook", Severity.BLOCKS, "", said, action)


def acceptable(
    forms: Sequence[Received], project: Project, collection: Collection, logins: Sequence[str]
) -> tuple[list[Received], list[Received], list[Finding]]:
    """The forms of this project and of a known reporter and year: of each the last that came by the cutoff, the
    last that came after it, and findings about the others and the late ones. Takes them in the order of the record."""
    kept: dict[tuple[str, int], Received] = {}
    late: dict[tuple[str, int], Received] = {}
    findings: list[Finding] = []
    for source, form in forms:
        identity = form.identity
        key = (identity.reporter, identity.calendar_year)
        problem = problem_of(identity, project, {*collection.municipal, *logins})
        if not problem and collection.is_late(source.received, identity.calendar_year):
            findings.append(_late(source, form, collection))
            late[key] = (source, form)
        elif problem:
            said, action = problem
            action = f"{action} {OR_FORGET_IT.format(source.file)}"
            findings.append(_whole_file(source, "workbook", Severity.BLOCKS, identity.reporter, said, action))
        else:
            kept[key] = (source, form)
    return list(kept.values()), list(late.values()), findings


def forms_received(
    forms: Sequence[Received], project: Project, collection: Collection, logins: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Rows of `received_forms`: what became of every form of this project, known reporter and year."""
    known = {*collection.municipal, *logins}
    valid = [(source, one.identity) for source, one in forms if not problem_of(one.identity, project, known)]
    on_time: dict[tuple[str, int], str] = {}
    for source, identity in valid:
        if not collection.is_late(source.received, identity.calendar_year):
            on_time[(identity.reporter, identity.calendar_year)] = source.file
    rows: list[tuple[Any, ...]] = []
    for source, identity in valid:
        key, cutoff = (identity.reporter, identity.calendar_year), collection.cutoff(identity.calendar_year)
        state = LATE if source.received > cutoff else COUNTED if on_time[key] == source.file else REPLACED
        rows.append((source.file, *key, source.received, cutoff, state))
    return rows


def by_one_name(identity: Identity, collection: Collection | None) -> Identity:
    """Whose workbook it is by the name that stands now: it may have gone out before the names were joined."""
    return identity if collection is None else replace(identity, reporter=collection.one_name(identity.reporter))


def _under_two_names(forms: Sequence[tuple[Source, Identity]], collection: Collection | None) -> list[Finding]:
    """Forms of one executor that went out under several of its names: each holds a part, and only one counts."""
    found: dict[tuple[str, int], dict[str, Source]] = defaultdict(dict)
    for source, identity in forms:
        if identity.kind == "form":
            found[(by_one_name(identity, collection).reporter, identity.calendar_year)][identity.reporter] = source
    action = "Соберите сведения в одну форму (analysis forms сделает её заново) и примите её."
    return [
        _whole_file(source, "executor_name", Severity.ATTENTION, written,
                    f"«{written}» и «{name}» — один исполнитель, а форм за {year} год под разными именами несколько: "
                    "в отчёт входит одна, полученная последней.", action)
        for (name, year), by_name in found.items()
        if len(by_name) > 1
        for written, source in by_name.items()
        if written != name
    ]  # fmt: skip


def problem_of(identity: Identity, project: Project, known: Container[str] | None) -> tuple[str, str] | None:
    """Returns why a workbook is none of this project's and what to do, each in a sentence; None where it is one.

    Args:
        identity: What is hidden in the workbook.
        project: The project.
        known: Who reports; None where nobody can say yet.
    """
    if identity.project != project.city:
        return f"Форма другого проекта: «{identity.project}».", "Верните форму тому, кто её прислал."
    if _is_of_another_edition(identity, project):
        said = f"Форма за {identity.calendar_year} год, а отчёты выходят за {', '.join(map(str, project.editions))}."
        return said, "Верните форму тому, кто её прислал, или впишите год в project.toml, ключ editions."
    if identity.kind == "form" and known is not None and identity.reporter not in known:
        said = f"«{identity.reporter}» нет ни в реестре школ, ни среди муниципальных исполнителей."
        return said, "Если школа новая, примите свежий реестр (analysis receive); иначе верните форму."
    return None


def _is_of_another_edition(identity: Identity, project: Project) -> bool:
    """Whether a form or a list of verdicts of this project is of a year without a report; a registry has no year."""
    ours = identity.project == project.city and identity.kind in ("form", "acceptance")
    return ours and identity.calendar_year not in project.editions


def known_reporters(project: Project, sources: Sequence[Source]) -> dict[str, str] | None:
    """Returns municipal reporters and the schools of the newest registry by login, each with its name; None while no
    registry can be read.

    A registry that cannot be read is a finding of `check`, not a reason to refuse a form.
    """
    registry = next((source for source in reversed(workbooks_in_force(sources)) if source.kind == "registry"), None)
    if project.collection is None or registry is None:
        return None
    read, mergers = reader(project, load_amendments(project.root).corrections), load_mergers(project.root)
    try:
        returned = read(registry)
        former = _former(sources, read) if mergers else []
    except AnalysisError:
        return None
    schools = map(school_row, named_schools(_with_history(returned, former, mergers)))
    names = {row["school_login"]: row["school_name"] for row in schools}
    return {**{name: name for name in project.collection.municipal}, **names}


def _late(source: Source, form: Returned, collection: Collection) -> Finding:
    cutoff = collection.cutoff(form.identity.calendar_year)
    said = (
        f"Форма получена {_day(source.received)}, а срок отчёта — {_day(cutoff)}: её сведения в отчёт не вошли, и "
        "замечания к ней сборку не останавливают."
    )
    action = "Если срок был продлён, запишите его в project.toml, раздел [cutoff]."
    return _whole_file(source, "late", Severity.ATTENTION, form.identity.reporter, said, action)


def _other_edition(source: Source, identity: Identity, project: Project) -> Finding:
    editions = ", ".join(map(str, project.editions))
    said = f"Книга за {identity.calendar_year} год, а отчёты выходят за {editions}: она не читается."
    action = f"Ничего; если отчёт за {identity.calendar_year} год нужен, впишите год в project.toml, ключ editions."
    return _whole_file(source, "other_edition", Severity.NOTE, identity.reporter, said, action)


def _whole_file(source: Source, rule: str, severity: Severity, value: str, said: str, action: str) -> Finding:
    return Finding(rule, severity, source.file, (WHOLE_FILE,), value, said, action)


def _day(day: date) -> str:
    return day.strftime("%d.%m.%Y")
