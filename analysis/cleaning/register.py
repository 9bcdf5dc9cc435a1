"""How people name a school: by its login, its code or one of its names."""

import difflib
import re
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis.cleaning.schools import same_name
from analysis.errors import AnalysisError

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
        for row in self.schools.to_dict("records"):
            aliases = [] if pd.isna(row["aliases"]) else str(row["aliases"]).split(";")
            words = [row[name] for name in ("school_login", "code_oo", "school_name", "full_name")]
            for word in (*words, *aliases):
                if not pd.isna(word) and _folded(str(word)):
                    found.setdefault(_folded(str(word)), set()).add(str(row["school_login"]))
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
        writings = difflib.get_close_matches(_folded(asked), list(self._logins), n=len(self._logins) or 1, cutoff=0.4)
        logins = list(dict.fromkeys(login for writing in writings for login in sorted(self._logins[writing])))
        near = "; ".join(f"{self.names[login]} ({login})" for login in logins[:OFFERED])
        return f"Похожие: {near}." if near else ""


def _folded(name: str) -> str:
    """A name, a login or a code (09306 that became 9306.0 too), with or without № before its number."""
    return " ".join(same_name(re.sub(r"\.0$", "", name.strip())).replace("№", " ").split())
