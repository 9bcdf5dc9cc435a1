"""Terms that drift and names of executors that look alike: named with their cells, never mended in silence."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from analysis.cleaning.schools import same_name
from analysis.contracts.findings import Finding, Severity
from analysis.errors import nearest, probably_meant
from analysis.intake.blocks import plain
from analysis.rules.config import PROJECT_FILE, Abbreviation, Collection, OneExecutor, Terms, quoted
from analysis.rules.written import NOT_CONFIRMED

# Numbered addresses by text: a document repeats most of its cells, and each text is searched once.
Places = dict[str, list[tuple[int, str]]]
ACTION = "Исходный текст печатается как есть; при следующей редакции документа выберите одно написание."
ACTION_ON_SLIP = "Исходный текст печатается как есть; исправить его может только новая редакция документа."


def watch_terms(cells: Sequence[tuple[str, str]], terms: Terms, file: str) -> list[Finding]:
    """Returns a finding for each writing of a notion that has several in this document, and for each known slip.

    Args:
        cells: Address and text of every cell of the document.
        terms: What data/terms.toml asks to watch.
        file: Path of the document.
    """
    places: Places = defaultdict(list)
    for number, (place, text) in enumerate(cells):
        places[plain(text)].append((number, place))
    return [*_variants(places, terms, file), *_slips(places, terms, file)]


def _variants(cells: Places, terms: Terms, file: str) -> Iterator[Finding]:
    for one in terms.variants:
        found = _places_by_writing(cells, one.writings)
        if len(found) < 2:
            continue
        for writing, places in found.items():
            others = ", ".join(f"«{other}»" for other in found if other != writing)
            said = (
                f"Понятие «{one.meaning}» в документе пишется по-разному; здесь «{writing}», в других местах {others}."
            )
            yield Finding("term_variant", Severity.NOTE, file, places, writing, said, ACTION)


def _slips(cells: Places, terms: Terms, file: str) -> Iterator[Finding]:
    for one in terms.slips:
        if places := _places_by_writing(cells, (one.text,)).get(one.text):
            said = f"Вероятно, имелось в виду «{one.suggestion}»."
            yield Finding("slip", Severity.NOTE, file, places, one.text, said, ACTION_ON_SLIP)


def _places_by_writing(cells: Places, writings: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Addresses by writing, in the order given; of overlapping writings the longest counts."""
    longest_first = sorted(writings, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    found: dict[str, list[tuple[int, str]]] = {writing: [] for writing in writings}
    for text, places in cells.items():
        for writing in dict.fromkeys(pattern.findall(text)):
            found[writing] += places
    return {writing: tuple(place for _, place in sorted(places)) for writing, places in found.items() if places}


ABBREVIATION = re.compile(r"[А-ЯЁA-Z]{2,}")
SMALL_WORDS = {"и", "в", "во", "на", "по", "при", "с", "со", "для", "о", "об", "у", "к"}
ASK = "Если это один исполнитель, впишите запись в project.toml и назовите основание; если разные — ничего."
MEND = "Исправьте запись в project.toml или удалите её."


def one_name_each(executors: pd.DataFrame, collection: Collection) -> pd.DataFrame:
    """Returns the executors with one name each, by the list. The words of the document are kept beside it.

    Nothing but the list joins two names. Where an activity names one executor twice, it is named once.
    """
    rows = executors.assign(executor_name=executors["executor_name"].map(collection.one_name).astype("str"))
    if rows.equals(executors):
        return executors
    of_activity = ["source_file", "activity_code"]
    by = [*of_activity, "executor_name"]
    texts = rows.groupby(by, sort=False)["executor_text"].transform(", ".join).astype("str")
    kept = rows.assign(executor_text=texts).drop_duplicates(by).reset_index(drop=True)
    return kept.assign(executor_number=kept.groupby(of_activity, sort=False).cumcount().astype("int64") + 1)


def list_faults(executors: pd.DataFrame, collection: Collection) -> list[Finding]:
    """Returns a finding for each name of the list that joins nothing, or joins in a way that cannot be followed.

    Args:
        executors: The executors by the words of the document.
        collection: Who reports, with the list.
    """
    there = list(dict.fromkeys(executors["executor_text"]))
    return [
        Finding("executor_name", Severity.BLOCKS, PROJECT_FILE, (f"[[collection.executor]] № {number}",), *fault, MEND)
        for number, one in enumerate(collection.executors, start=1)
        for fault in _faults(one, collection, there)
    ]


def look_alikes(
    executors: pd.DataFrame, collection: Collection, abbreviations: Sequence[Abbreviation]
) -> list[Finding]:
    """Returns a question for each set of names that look like one executor, with the entry ready to paste.

    Args:
        executors: `one_name_each`: what is joined is not asked about again.
        collection: Who reports.
        abbreviations: What data/terms.toml says; what is not confirmed is no ground.
    """
    spelt = {_letters(one.term): _letters(one.expansion) for one in abbreviations if NOT_CONFIRMED not in one.basis}
    return [_question(names, why, executors, collection) for names, why in _groups(executors, spelt)]


def why_alike(first: str, second: str, spelt: Mapping[str, str]) -> str:
    """Returns why two names may mean one executor; empty if there is no reason.

    Args:
        first: A name.
        second: Another.
        spelt: What abbreviations stand for, both as their letters alone.
    """
    letters = _letters(first), _letters(second)
    if letters[0] == letters[1]:
        return "отличаются только регистром, кавычками, точками, пробелами или латинскими буквами"
    if spelt.get(letters[0]) == letters[1] or spelt.get(letters[1]) == letters[0]:
        return "одно — сокращение другого по data/terms.toml"
    if _initials_of(first, second) or _initials_of(second, first):
        return "одно составлено из первых букв другого"
    return ""


def _faults(one: OneExecutor, collection: Collection, there: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Returns the content of an entry and what is wrong with it."""
    names = {other.name for other in collection.executors}
    writings = [writing for other in collection.executors for writing in other.writings]
    if one.name not in {*there, *collection.municipal, collection.schools}:
        yield one.name, _nowhere(one.name, there)
    for writing in one.writings:
        if writing == one.name:
            yield writing, "Имя соединено само с собой."
        elif writing in names:
            yield writing, "Это имя само соединяет другие: по цепочке или по кругу имена не соединяются."
        elif writings.count(writing) > 1:
            yield writing, "Имя стоит в списке не один раз."
        elif writing not in there:
            yield writing, _nowhere(writing, there)


def _nowhere(name: str, there: Sequence[str]) -> str:
    meant = probably_meant(nearest(name, there))
    return f"«Дорожная карта» такого исполнителя не называет; она называет: {', '.join(there)}.{meant}"


def _groups(executors: pd.DataFrame, spelt: Mapping[str, str]) -> list[tuple[list[str], str]]:
    """Names that look alike, in the order of the document, with the reason that was found first."""
    groups: list[tuple[list[str], str]] = []
    for name in dict.fromkeys(executors["executor_name"]):
        for place, (names, why) in enumerate(groups):
            found = next(filter(None, (why_alike(name, other, spelt) for other in names)), "")
            if found:
                groups[place] = ([*names, name], why or found)
                break
        else:
            groups.append(([name], ""))
    return [group for group in groups if len(group[0]) > 1]


def _question(names: Sequence[str], why: str, executors: pd.DataFrame, collection: Collection) -> Finding:
    asked = {*collection.municipal, collection.schools}
    name = next((one for one in names if one in asked), names[0])
    others = [one for one in names if one != name]
    rows = executors[executors["executor_name"].isin(others)]
    said = (
        f"«{'», «'.join(names)}» похожи на одного исполнителя: {why}. Сейчас это разные исполнители: формы, планы и "
        "итоги у них разные."
    )
    stanza = (
        f"[[collection.executor]]\nname = {quoted(name)}\nwritings = [{', '.join(map(quoted, others))}]\n"
        'basis = ""   # кто и чем подтвердил, что это один исполнитель'
    )
    places = tuple(dict.fromkeys(rows["place"]))
    file = str(rows["source_file"].iloc[0])
    return Finding("executor_name", Severity.ATTENTION, file, places, "; ".join(others), said, ASK, stanza)


def _letters(name: str) -> str:
    return same_name(name).replace(" ", "")


def _initials_of(short: str, long: str) -> bool:
    """Whether an abbreviation is made of the first letters of a name, its small words counted or not."""
    if not ABBREVIATION.fullmatch(short.strip()):
        return False
    words = same_name(long).split()
    initials = {"".join(word[0] for word in some) for some in (words, [one for one in words if one not in SMALL_WORDS])}
    return len(words) > 1 and _letters(short) in initials
