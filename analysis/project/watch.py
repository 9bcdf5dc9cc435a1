"""`watch`: what has changed is built and published while the analyst works, web pages first."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError, not_written
from analysis.files.memory import Helper, Memory, Progress
from analysis.files.storage import read_manifest, read_table, texts_as_objects
from analysis.pipeline.fresh import is_much, memory_of
from analysis.presentation.place import MADE_FOLDERS
from analysis.project.publication import FORMATS, Publishing, report
from analysis.publishing.state import SITE_RECORD, Output, read_state
from analysis.rules.config import load_project

if TYPE_CHECKING:
    import pandas as pd

# Of each file when it was written and how long it is: enough, and known on shared folders and Windows too.
Stamps = Mapping[str, tuple[int, int]]
NOT_WATCHED = {"processed", "__pycache__", "_site", *MADE_FOLDERS}
NO_INPUT = (".", "~", "_site", "printed-")
READY = "Слежу за папкой {}: сохраните файл, и отчёт обновится. Остановить: Ctrl+C."
AS_BEFORE = "Числа не изменились."


def stamps(root: Path) -> Stamps:
    """Returns what tells whether the files that a report is made of are still the same; what is made is left out."""
    found: dict[str, tuple[int, int]] = {}
    for path in [*root.glob("*.*"), *_within(root / "data"), *_within(root / "reports")]:
        if path.is_file() and not path.name.startswith(NO_INPUT):
            with suppress(FileNotFoundError):  # it has just gone
                seen = path.stat()
                found[path.relative_to(root).as_posix()] = (seen.st_mtime_ns, seen.st_size)
    return found


def _within(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and path.name not in NOT_WATCHED and not path.name.startswith("."):
            yield from _within(path)
        yield path


@dataclass
class Watch:
    """A project under watch, and the tables of its last good state.

    Attributes:
        root: The project.
        engine: What publishes.
        progress: Is told what was done.
        publish: The work; see `publication.report`.
        jobs: How many processes may build.
    """

    root: Path
    engine: str
    progress: Progress
    publish: Callable[..., object] = report
    jobs: int = 1
    _tables: dict[str, tuple[str, "pd.DataFrame"]] = field(default_factory=dict)
    _memory: Memory | None = None
    _site: Mapping[str, Output] = field(default_factory=dict)

    def follow(self, seen: Callable[[], Stamps], wait: Callable[[], bool]) -> None:
        """Brings everything up to date, and again after each change.

        Args:
            seen: The files now (`stamps`).
            wait: Waits for the next look; False ends the watch.
        """
        self._tables, self._site = self._stored(), self._outputs()
        before: Stamps | None = None
        with Helper(self.jobs > 1 and self._is_much()) as helper:
            while True:
                now = seen()
                if now != before:
                    changed = [] if before is None else sorted(name for name, _ in now.items() ^ before.items())
                    self._turn(list(dict.fromkeys(changed)), helper)
                before = now
                if not wait():
                    return

    def _is_much(self) -> bool:
        with suppress(AnalysisError):
            return is_much(load_project(self.root))
        return False  # what is broken is told when it is looked at

    def _turn(self, changed: list[str], helper: Helper) -> None:
        """Publishes what the change has touched; a broken file leaves the last good state as it is."""
        if changed:
            self.progress.say(f"Изменено: {_shown(changed)}")
        try:
            project, self._memory = load_project(self.root), memory_of(self.root, self._memory, keeps=True)
            first = Publishing(FORMATS[:1], self.engine, later=FORMATS[1:], memory=self._memory, helper=helper)
            self.publish(project, (), first, self.progress)
            self.progress.say(self._difference())
            self._tell_renewed()
            self.publish(project, (), Publishing(FORMATS, self.engine), self.progress)
            self._tell_renewed()
            self.progress.say(READY.format(self.root))
        except AnalysisError as error:
            self.progress.say(f"{error}\nПрежнее состояние остаётся; исправьте файл, и работа продолжится сама.")
        except OSError as error:
            self.progress.say(not_written(error))

    def _outputs(self) -> Mapping[str, Output]:
        return read_state(self.root / "reports" / SITE_RECORD).outputs

    def _tell_renewed(self) -> None:
        """Says which files of the site were made anew since it was last said."""
        before, self._site = self._site, self._outputs()
        if renewed := sorted(name for name, made in self._site.items() if before.get(name) != made):
            self.progress.say(f"На сайте обновлено: {_shown(renewed)}.")

    def _stored(self) -> dict[str, tuple[str, "pd.DataFrame"]]:
        """The stored tables with their hashes; what is the same is not read again."""
        hashes = read_manifest(self.root).get("tables", {})
        with texts_as_objects():
            return {
                name: self._tables[name]
                if name in self._tables and self._tables[name][0] == digest
                else (digest, read_table(self.root, name))
                for name, digest in hashes.items()
            }

    def _difference(self) -> str:
        """What has changed in the numbers since the last good state, in a line."""
        before, self._tables = self._tables, self._stored()
        if not before:
            return f"Собрано таблиц: {len(self._tables)}."
        changed = {
            name: (before[name][1] if name in before else table.iloc[:0], table)
            for name, (digest, table) in self._tables.items()
            if name not in before or before[name][0] != digest
        }
        return difference(changed)


def difference(changed: Mapping[str, tuple["pd.DataFrame", "pd.DataFrame"]]) -> str:
    """Says in a line which numbers of tables are different, and the first of them.

    Args:
        changed: By name the table before and now.
    """
    from analysis.contracts.columns import titles_of
    from analysis.contracts.report import CHAIN_TABLES
    from analysis.contracts.tables import TABLES, derivations

    said, first = [], ""
    for name in [one for one in derivations() if one in changed and one in TABLES and one not in CHAIN_TABLES]:
        before, now = changed[name]
        made = derivations()[name]
        title, about = made.title, [one for one in made.about if one in now]
        if len(before) != len(now) or list(before) != list(now):
            said.append(f"{title}: строк было {len(before)}, стало {len(now)}")
            continue
        numbers = map(str, now.select_dtypes("number"))
        cells = [(row, column) for column in numbers for row in _differing(before[column], now[column])]
        if cells:
            said.append(f"{title} — {len(cells)}")
        if cells and not first:
            row, column = min(cells)
            where = ", ".join(str(now[one].iloc[row]) for one in about)
            values = " → ".join(_value(table[column].iloc[row]) for table in (before, now))
            first = f"{title} ({where}): «{titles_of(TABLES[name])[column]}» {values}. Всего: "
    return f"Изменились числа: {first}{_shown(said)}." if said else AS_BEFORE


def _differing(before: "pd.Series", now: "pd.Series") -> list[int]:
    same = ((before == now) | (before.isna() & now.isna())).fillna(False)
    return [row for row, one in enumerate(same.tolist()) if not one]


def _value(value: object) -> str:
    import pandas as pd

    return "нет" if pd.isna(value) else f"{value:g}".replace(".", ",")  # type: ignore[call-overload]


def _shown(names: list[str]) -> str:
    more = f" и ещё {len(names) - 3}" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
