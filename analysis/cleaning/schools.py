"""Which school is meant by a row of an export or by a person: by login, by code, by name; never by a guess."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.errors import AnalysisError, nearest
from analysis.intake.exports.counts import ExamCounts

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
