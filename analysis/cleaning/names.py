"""Names that people write in many ways: which school is meant, which terms drift, which executors look alike."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.contracts.findings import Finding, Severity
from analysis.errors import AnalysisError, nearest, probably_meant
from analysis.intake.cells import plain
from analysis.intake.exports.cells import ExamCounts
from analysis.rules.config import PROJECT_FILE, Abbreviation, Collection, OneExecutor, Terms, quoted
from analysis.rules.written import NOT_CONFIRMED

# Which school is meant by a row of an export or by a person: by login, by code, by name; never by a guess.

NEAREST, LEAST_LIKENESS = 3, 0.45
# Letters that look alike on the screen; typed in the other layout they make another word.
LATIN, CYRILLIC = re.compile(r"[A-Za-z]"), re.compile(r"[А-Яа-яЁё]")
LATIN_AS_CYRILLIC = str.maketrans("abcehkmoptxy", "авсенкмортху")
QUOTES = re.compile(r"[«»„“”\"'`’]")
NUMBER_SIGN = re.compile(r"(?:№|\bn(?=\s*\d)|\bno\.)\s*")
NO_LETTERS = re.compile(r"[^\w№]+")
# What a municipality is called besides its own name.
KINDS_OF_TOWN = re.compile(
    r"\b(?:город\w*|г|курорт\w*|округ\w*|муниципальн\w*|образовани\w*|район\w*|край|области|область|го|мо|мр)\b"
)


def same_name(name: str) -> str:
    """A name without what people write differently: case, quotes, №, dashes, stops, spaces, look-alike letters."""
    text = QUOTES.sub(" ", name.casefold().replace("ё", "е"))
    text = NUMBER_SIGN.sub("№", text).translate(LATIN_AS_CYRILLIC)
    return " ".join(NO_LETTERS.sub(" ", text).split())


@dataclass(frozen=True)
class Match:
    """What was found out about the school of a row.

    Attributes:
        login: Of the registry; empty where the school is not recognised.
        is_other: It is a school of another municipality.
        nearest: Schools of the registry that are nearly called so.
    """

    login: str = ""
    is_other: bool = False
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True)
class Directory:
    """The schools of the registry by everything they are known by.

    Attributes:
        names: Printed name by login.
        by_code: Logins by (code_msu, code_oo), leading zeros aside; code_msu is empty where the registry has none.
        by_name: Logins by every name that `same_name` gives.
        municipalities: Codes of the municipality.
        towns: Names of the municipality, kinds of town aside.
    """

    names: Mapping[str, str]
    by_code: Mapping[tuple[str, str], tuple[str, ...]]
    by_name: Mapping[str, tuple[str, ...]]
    municipalities: frozenset[str]
    towns: frozenset[str]


def directory(schools: pd.DataFrame, towns: Iterable[str]) -> Directory:
    """Returns the directory of the schools.

    Args:
        schools: The typed table.
        towns: The city and the other names of the municipality.
    """
    codes: dict[tuple[str, str], set[str]] = defaultdict(set)
    names: dict[str, set[str]] = defaultdict(set)
    for school in school_rows(schools):
        login = str(school["school_login"]).lower()
        if school["code_oo"]:
            codes[(same_code(school["code_msu"]), same_code(school["code_oo"]))].add(login)
        for name in names_of(school):
            if written := same_name(name):
                names[written].add(login)
    return Directory(
        names=dict(zip(schools["school_login"].str.lower(), schools["school_name"], strict=True)),
        by_code={key: tuple(sorted(logins)) for key, logins in codes.items()},
        by_name={key: tuple(sorted(logins)) for key, logins in names.items()},
        municipalities=frozenset(msu for msu, _ in codes if msu),
        towns=frozenset(filter(None, map(_town, towns))),
    )


def school_rows(schools: pd.DataFrame) -> list[dict[str, Any]]:
    """Returns the rows of `schools` by column name; a blank is None."""
    rows = schools.astype(object).where(schools.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def names_of(school: Mapping[str, Any]) -> list[str]:
    """Returns all names of a school, from one of `school_rows`."""
    aliases = str(school["aliases"] or "").split(";")
    return [str(name) for name in (school["school_name"], school["full_name"], *aliases) if name]


def find_school(one: ExamCounts, schools: Directory) -> Match:
    """Returns which school a row means; where several keys stand, the surest decides."""
    if one.school_login:
        return _by_login(one, schools)
    if one.code_oo:
        return _by_code(one, schools)
    if _is_other_town(one.municipality, schools) or _town(one.school_name) in schools.towns:
        # A row of another municipality, or of the whole town where schools stand.
        return Match(is_other=True)
    logins = schools.by_name.get(same_name(one.school_name), ())
    return Match(logins[0]) if len(logins) == 1 else Match(nearest=_nearest(one, schools, logins))


def _by_login(one: ExamCounts, schools: Directory) -> Match:
    if one.school_login in schools.names:
        return Match(one.school_login)
    if _is_other_town(one.municipality, schools):
        return Match(is_other=True)
    return Match(nearest=_nearest(one, schools))


def _by_code(one: ExamCounts, schools: Directory) -> Match:
    municipality, code = same_code(one.code_msu), same_code(one.code_oo)
    if municipality and schools.municipalities and municipality not in schools.municipalities:
        return Match(is_other=True)
    if municipality:
        logins = schools.by_code.get((municipality, code), ())
    else:
        logins = tuple(login for (_, listed), found in schools.by_code.items() if listed == code for login in found)
    return Match(logins[0]) if len(logins) == 1 else Match(nearest=_nearest(one, schools, logins))


def _is_other_town(municipality: str, schools: Directory) -> bool:
    """Whether the words name a municipality, and it is none of ours."""
    town = _town(municipality)
    # «Примерский муниципальный округ» is the town of «город Примерск».
    return bool(town) and not any(ours == town or _stem(town).startswith(_stem(ours)) for ours in schools.towns)


def _stem(town: str) -> str:
    return re.sub(r"(?:ий|ый|ой|ая|ое)$", "", town)


def _town(municipality: str) -> str:
    return " ".join(KINDS_OF_TOWN.sub(" ", same_name(municipality)).split())


def same_code(code: object) -> str:
    """A code without leading zeros and without the noughts of a number: 09306.0 is 9306."""
    return re.sub(r"[.,]0+$", "", str(code or "").strip()).lstrip("0")


def _nearest(one: ExamCounts, schools: Directory, logins: Iterable[str] = ()) -> tuple[str, ...]:
    """The schools that the row may mean, for a person to choose from."""
    if found := tuple(logins):
        return tuple(_shown(login, schools) for login in found)
    name = same_name(one.school_name)
    if name:
        close = nearest(name, schools.by_name, NEAREST, LEAST_LIKENESS)
        found = tuple(login for written in close for login in schools.by_name[written])
    elif one.code_oo:
        codes = {code: logins for (_, code), logins in schools.by_code.items()}
        close = nearest(same_code(one.code_oo), codes, NEAREST, LEAST_LIKENESS)
        found = tuple(login for code in close for login in codes[code])
    else:
        found = tuple(nearest(one.school_login, schools.names, NEAREST, 0.8))
    return tuple(dict.fromkeys(_shown(login, schools) for login in found))


def _shown(login: str, schools: Directory) -> str:
    return f"«{schools.names[login]}» ({login})"


OFFERED = 3


@dataclass(frozen=True)
class Register:
    """The registry of schools, searched by any name that a person uses.

    Attributes:
        schools: The typed table `schools`.
    """

    schools: pd.DataFrame

    @cached_property
    def names(self) -> dict[str, str]:
        """The name that documents print, by login."""
        return dict(zip(self.schools["school_login"], self.schools["school_name"], strict=True))

    @cached_property
    def _logins(self) -> dict[str, set[str]]:
        """Returns logins by each way of writing. A writing shared by two schools names neither."""
        found: dict[str, set[str]] = {}
        for row in school_rows(self.schools):
            for word in (row["school_login"], row["code_oo"] or "", *names_of(row)):
                if written := _folded(str(word)):
                    found.setdefault(written, set()).add(str(row["school_login"]))
        return found

    def login(self, asked: str, where: str) -> str:
        """Returns the login of the school that is meant.

        Args:
            asked: A login, a code or a name.
            where: Where it is written, for the message.

        Raises:
            AnalysisError: No school is called so, or two are; the message offers the nearest names.
        """
        logins = self.logins(asked)
        if len(logins) == 1:
            return logins[0]
        if logins:
            which = "; ".join(f"{self.names[login]} ({login})" for login in logins)
            raise AnalysisError(f"{where}: так называются несколько школ: «{asked}». Назовите логин: {which}.")
        near = self.nearest(asked) or "Логины и названия школ — в реестре (registry.xlsx)."
        raise AnalysisError(f"{where}: школы «{asked}» в реестре нет. {near}")

    def logins(self, asked: str) -> list[str]:
        """Returns the logins of all schools with this name."""
        return sorted(self._logins.get(_folded(asked), ()))

    def nearest(self, asked: str) -> str:
        """Returns «Похожие: …» with the schools of similar names; empty if there are none."""
        writings = nearest(_folded(asked), self._logins, len(self._logins) or 1, 0.4)
        logins = list(dict.fromkeys(login for writing in writings for login in sorted(self._logins[writing])))
        near = "; ".join(f"{self.names[login]} ({login})" for login in logins[:OFFERED])
        return f"Похожие: {near}." if near else ""


def _folded(name: str) -> str:
    """A name, a login or a code (09306 that became 9306.0 too), with or without № before its number."""
    return " ".join(same_name(re.sub(r"\.0$", "", name.strip())).replace("№", " ").split())


# Terms that drift and names of executors that look alike: named with their cells, never mended in silence.

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
