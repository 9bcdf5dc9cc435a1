"""How far a work has come, and what steps have made, by the content of what they read.

A step is done again only where something in it differs. A note may be deleted at any time; one that is damaged, or
holds anything but data, is made again.
"""

import dataclasses
import gc
import hashlib
import io
import os
import pickle
import signal
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from datetime import date, datetime
from enum import Enum
from functools import partial
from pathlib import Path, PurePath
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    import pandas as pd

T = TypeVar("T")
NOTES = "data/.read"
MOST_BYTES = 300_000_000
EVERYTHING = "*"  # that a step has asked which tables there are
WHERE = "?"  # that it has looked at some rows of a table alone
PLAIN = frozenset({str, int, float, bool, bytes, type(None), date, datetime})
# What a note may be made of beside classes of this package: data, and nothing that acts.
DATA = {
    "builtins": {"frozenset", "set", "slice"},
    "datetime": {"date", "datetime"},
    "numpy": {"dtype", "ndarray"},
    "numpy._core.multiarray": {"_reconstruct", "scalar"},
    "numpy._core.numeric": {"_frombuffer"},
    "pandas": {"Categorical", "CategoricalDtype", "DataFrame", "Float64Dtype", "Index", "Int64Dtype", "RangeIndex",
               "StringDtype"},
    "pandas._libs.arrays": {"__pyx_unpickle_NDArrayBacked"},
    "pandas._libs.internals": {"_unpickle_block"},
    "pandas._libs.missing": {"NA"},
    "pandas._libs.tslibs.nattype": {"_nat_unpickle"},
    "pandas._libs.tslibs.timestamps": {"_unpickle_timestamp", "Timestamp"},
    "pandas.arrays": {"DatetimeArray", "FloatingArray", "IntegerArray", "StringArray"},
    "pandas.core.indexes.base": {"_new_Index"},
    "pandas.core.internals.managers": {"BlockManager"},
}  # fmt: skip


class Memory:
    """The notes of a project. One without a folder remembers nothing, and does every step."""

    def __init__(self, folder: Path | None, code: str = "", *, keeps: bool = False) -> None:
        """Opens the notes.

        Args:
            folder: Where they lie; it is made with the first one.
            code: What stands for all code that makes them.
            keeps: Whether what was read or made last stays at hand, for a process that does the work again and again.
        """
        self._folder, self.code = folder, code
        self._kept: dict[str, Any] | None = {} if keeps else None
        self._used: set[object] = set()
        self._contents: dict[object, tuple[Callable[[], object], str]] = {}
        self.done: list[str] = []  # the steps that no note held

    def __reduce__(self) -> tuple[type["Memory"], tuple[Path | None, str]]:
        """Another process gets the notes, and nothing that is at hand in this one."""
        return Memory, (self._folder, self.code)

    def remembered(self, step: str, given: Sequence[object], make: Callable[[], T]) -> T:
        """Returns what a step made of the very same, or makes it.

        Args:
            step: Its name.
            given: All that the result depends on.
            make: Does the step; what it returns is data alone.
        """
        if self._folder is None:
            return make()
        key = self.key(step, *given)
        with suppress(LookupError):
            found: T = self._found(key)
            return self._told(key, found)
        made = make()
        self._keep(step, key, made)
        return self._told(key, made)

    def tracked(
        self, step: str, read: Mapping[str, Any], given: Sequence[object], make: Callable[[Mapping[str, Any]], T]
    ) -> T:
        """The same for a step that takes what it needs out of a mapping; what it does not look at may differ.

        Args:
            step: Its name.
            read: Tables by name; a note keeps which of them were looked at.
            given: All else that the result depends on.
            make: Does the step with such a mapping; it must look at nothing else.
        """
        if self._folder is None:
            return make(read)
        asked, looked = self._looked(step, given)
        if looked is not None:
            with suppress(LookupError):
                found: T = self._found(key := self._of(asked, read, looked))
                return self._stood_for(key, found)
        watched = Watched(read)
        made = make(watched)
        looked = sorted(watched.looked_at)
        self._write(asked, looked)
        self._keep(step, key := self._of(asked, read, looked), made)
        return self._stood_for(key, made)

    def knows(self, step: str, read: Mapping[str, Any], given: Sequence[object]) -> bool:
        """Whether there is a note of such a step; one that is damaged counts."""
        asked, looked = self._looked(step, given) if self._folder is not None else ("", None)
        return looked is not None and self._path(self._of(asked, read, looked)).is_file()

    def _looked(self, step: str, given: Sequence[object]) -> tuple[str, list[str] | None]:
        """What was asked for, and which tables the step looked at when it was last done."""
        asked = self.key(step, *given)
        return asked, self._noted(asked)  # not from what is at hand: another process may have done it since

    def forget(self) -> None:
        """Removes the notes that were not used for longest, where all together have grown too large; and keeps nothing
        at hand that was not used since the last time."""
        if self._folder is None or not self._folder.is_dir():
            return
        if self._kept is not None:
            self._kept = {key: found for key, found in self._kept.items() if key in self._used}
            self._contents = {part: told for part, told in self._contents.items() if part in self._used}
            self._used = set()
        notes = sorted((one.stat().st_mtime_ns, one.stat().st_size, one) for one in self._folder.iterdir())
        left = sum(size for _, size, _ in notes)
        for _, size, note in notes:
            if left <= MOST_BYTES:
                break
            with suppress(OSError):  # another process reads it: Windows lets nobody remove it then
                note.unlink(missing_ok=True)
                left -= size

    def _keep(self, step: str, key: str, made: object) -> None:
        self._write(key, [made])
        self.done.append(step)

    def _of(self, asked: str, read: Mapping[str, Any], looked: Sequence[str]) -> str:
        """The key of a result: what was asked for, and the content of each table that it was made of."""
        parts = [self._looked_at(read, name) for name in looked]
        return hashlib.sha256("\n".join([asked, *looked, *parts]).encode()).hexdigest()

    def _looked_at(self, read: Mapping[str, Any], name: str) -> str:
        if name == EVERYTHING:
            return repr(list(read))
        name, _, column = name.partition(WHERE)
        if not column:
            return self.content(read.get(name))
        column, _, value = column.partition(WHERE)
        table = read.get(name)
        key = (id(table), column, value)
        return self._known(key, table, lambda: _digest(rows_where(read, name, column, int(value))))

    def content(self, part: object) -> str:
        """Returns what stands for the content of a part; what nobody changes is read once."""
        if id(part) in self._contents or dataclasses.is_dataclass(part) or hasattr(part, "columns"):
            return self._known(id(part), part, lambda: _digest(part))
        return _digest(part)

    def key(self, *given: object) -> str:
        """Returns what stands for all that a result depends on, and the code that makes it."""
        return hashlib.sha256("\n".join([self.code, *map(self.content, given)]).encode()).hexdigest()

    def _known(self, key: object, part: object, tell: Callable[[], str]) -> str:
        self._used.add(key)
        known = self._contents.get(key)
        if known is None or known[0]() is not part:
            known = self._contents[key] = (_held(part), tell())
        return known[1]

    def _told(self, told: str, part: T) -> T:
        """Its key tells as much of a large structure as reading all of it would."""
        return self._stood_for(told, part) if dataclasses.is_dataclass(part) else part

    def _stood_for(self, told: str, part: T) -> T:
        self._used.add(id(part))
        self._contents[id(part)] = (_held(part), told)
        return part

    def _found(self, key: str) -> Any:
        noted = self._read(key)
        if noted is None:
            raise LookupError(key)
        return noted[0]

    def _read(self, key: str) -> Any:
        self._used.add(key)
        if self._kept is not None and key in self._kept:
            return self._kept[key]
        found = self._noted(key)
        return None if found is None else self._at_hand(key, found)

    def _noted(self, key: str) -> Any:
        """What the note holds; None where there is none, or it is damaged."""
        note = self._path(key)
        try:
            content = note.read_bytes()
            if hashlib.sha256(content[32:]).digest() != content[:32]:
                return None
            found = _Data(io.BytesIO(content[32:])).load()
            note.touch()
        except (OSError, pickle.UnpicklingError, AttributeError, ImportError, TypeError, ValueError, EOFError):
            return None
        return found

    def _at_hand(self, key: str, found: Any) -> Any:
        if self._kept is not None:
            self._kept[key] = found
        return found

    def _write(self, key: str, made: object) -> None:
        content = pickle.dumps(self._at_hand(key, made), protocol=5)
        self._path(key).parent.mkdir(parents=True, exist_ok=True)
        self._path(key).write_bytes(hashlib.sha256(content).digest() + content)

    def _path(self, key: str) -> Path:
        assert self._folder is not None
        return self._folder / f"{key}.note"


FORGETFUL = Memory(None)


def _held(part: Any) -> Callable[[], object]:
    """What gives a part back as long as anybody has it: its number is given to another one later."""
    try:
        return weakref.ref(part)
    except TypeError:  # such as a tuple
        return lambda: part


class Helper:
    """A second process that makes notes ahead. What it has not made, for whatever reason, is made by who needs it."""

    def __init__(self, wanted: bool) -> None:
        """Starts it.

        Args:
            wanted: Whether there is to be one; else nothing is made ahead.
        """
        self._tasks: Connection | None = None
        if wanted:
            from multiprocessing import get_context

            context = get_context("spawn")  # the only way of starting one that every system has
            self._tasks, theirs = context.Pipe()
            self._process = context.Process(target=_help, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()

    def make(self, step: Callable[..., object], *given: object) -> None:
        """Asks for a step, whose notes are all that comes of it; both it and what is given can be pickled."""
        self._say((step, given))

    def wait(self) -> None:
        """Waits until it has done all that it was asked for, or has died."""
        self._say(None)
        with suppress(OSError, EOFError):
            if self._tasks is not None:
                self._tasks.recv()

    def __enter__(self) -> "Helper":
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever it is at, nobody needs it any more."""
        if self._tasks is not None:
            self._process.kill()
            self._process.join()
            self._tasks.close()

    def _say(self, task: object) -> None:
        with suppress(OSError):
            if self._tasks is not None:
                self._tasks.send(task)


ALONE = Helper(wanted=False)


def begin_worker() -> None:
    """Makes this process work for the one that started it: that one alone hears an interruption, and both end together.

    A worker of a pool waits at a pipe that its fellows hold open, so it would wait for ever once nobody gives it work.
    """
    from multiprocessing import parent_process

    gc.set_threshold(100_000, 50, 50)  # it lives for minutes
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if (employer := parent_process()) is not None:

        def follow() -> None:
            employer.join()
            os._exit(1)

        threading.Thread(target=follow, daemon=True).start()


def _help(tasks: "Connection") -> None:
    """Does one task after the other; only the process that asks says what is wrong with its project."""
    begin_worker()
    with suppress(OSError, EOFError):
        while True:
            task = tasks.recv()
            if task is None:
                tasks.send(None)
            else:
                with suppress(Exception):
                    task[0](*task[1])


class Watched(Mapping[str, Any]):
    """A mapping that notes what was looked at, also in vain."""

    def __init__(self, read: Mapping[str, Any]) -> None:
        """Nothing of `read` has been looked at yet."""
        self._read, self.looked_at = read, set[str]()

    def __getitem__(self, name: str) -> Any:
        self.looked_at.add(name)
        return self._read[name]

    def rows_where(self, name: str, column: str, value: int) -> "pd.DataFrame | None":
        """The function of that name, noted."""
        self.looked_at.add(WHERE.join([name, column, str(value)]))
        return rows_where(self._read, name, column, value)

    def __iter__(self) -> Iterator[str]:
        self.looked_at.add(EVERYTHING)
        return iter(self._read)

    def __len__(self) -> int:
        self.looked_at.add(EVERYTHING)
        return len(self._read)


def rows_where(read: Mapping[str, Any], name: str, column: str, value: int) -> "pd.DataFrame | None":
    """Returns the rows of a table that have a number in a column; None where there is no such table.

    A step that looks at tables by this alone is not done again when other rows have changed.
    """
    if isinstance(read, Watched):
        return read.rows_where(name, column, value)
    rows = read.get(name)
    return None if rows is None else rows[rows[column] == value]


class _Data(pickle.Unpickler):
    """Reads notes that hold data alone: a project may come from anywhere."""

    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] == "analysis":
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        elif name in DATA.get(module, ()):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name}")


def _digest(part: object) -> str:
    digest = hashlib.sha256()
    _tell(part, digest.update)
    return digest.hexdigest()


def _tell(part: Any, feed: Callable[[bytes], object]) -> None:
    """Says a part so that no two different ones say the same; refuses what it cannot tell apart."""
    if type(part) in PLAIN or isinstance(part, (Enum, PurePath)):
        feed(f"{type(part).__name__} {part!r}\n".encode())
    elif isinstance(part, (type, FunctionType)) and "<" not in part.__qualname__:
        feed(f"{part.__module__}.{part.__qualname__}\n".encode())
    elif isinstance(part, partial):
        _tell_all("partial", [part.func, part.args, part.keywords], feed)
    elif dataclasses.is_dataclass(part):
        told = [getattr(part, one.name) for one in dataclasses.fields(part) if one.compare]
        _tell_all(type(part).__name__, told, feed)
    elif isinstance(part, Mapping):
        _tell_all("mapping", [one for pair in part.items() for one in pair], feed)
    elif isinstance(part, Set):
        _tell_all("set", sorted(part, key=repr), feed)
    elif isinstance(part, (list, tuple)):
        _tell_all("row", part, feed)
    else:
        _tell_table(part, feed)


def _tell_all(name: str, parts: Sequence[Any], feed: Callable[[bytes], object]) -> None:
    feed(f"{name} {len(parts)}\n".encode())
    if PLAIN.issuperset(map(type, parts)):
        feed(repr(list(parts)).encode())
    else:
        for one in parts:
            _tell(one, feed)


def _tell_table(part: Any, feed: Callable[[bytes], object]) -> None:
    import numpy as np
    import pandas as pd

    if isinstance(part, pd.DataFrame):
        _tell_all("table", [part.index.to_numpy(), *part.columns.tolist()], feed)
        for column in map(part.__getitem__, part.columns):
            _tell_column(column.array, feed)
    elif isinstance(part, pd.Series):
        _tell_all("series", [part.index.to_numpy()], feed)
        _tell_column(part.array, feed)
    elif isinstance(part, np.ndarray):
        _tell_array(part, feed)
    elif isinstance(part, (np.generic, pd.Timestamp)) or part is pd.NA or part is pd.NaT:
        feed(f"{type(part).__name__} {part!r}\n".encode())
    else:
        raise TypeError(f"the content of {type(part)} cannot be told")


def _tell_column(values: Any, feed: Callable[[bytes], object]) -> None:
    feed(f"{values.dtype!r}\n".encode())
    if values.dtype.name == "category":
        _tell_all("category", [values.categories.to_numpy(), values.codes], feed)
    elif (kind := getattr(values.dtype, "numpy_dtype", None)) is not None:  # with blanks
        _tell_array(values.isna(), feed)
        _tell_array(values.to_numpy(kind, na_value=0), feed)
    else:
        _tell_array(values.to_numpy(), feed)


def _tell_array(part: Any, feed: Callable[[bytes], object]) -> None:
    if part.dtype == object:
        _tell_all(f"array {part.shape}", part.ravel().tolist(), feed)
    else:
        feed(f"{part.dtype} {part.shape}\n".encode() + part.tobytes())


# How far a work has come: the one protocol by which steps tell it to whoever waits.


def _nobody(_text: str) -> None:
    """Whoever does not listen."""


class Progress:
    """Is told how a work goes on; this one passes sentences on and shows no steps."""

    def __init__(self, listener: Callable[[str], None] = _nobody) -> None:
        """Takes who is to hear the sentences; nobody by default."""
        self._listener = listener

    def say(self, text: str) -> None:
        """A sentence that people may want to read later."""
        self._listener(text)

    def step(self, text: str, done: int = 0, of: int = 0, at: str = "") -> None:
        """What is being done right now; the next step takes its place.

        Args:
            text: The work: «Собираю отчёты».
            done: How many parts are done.
            of: How many parts there are; 0 where they cannot be counted.
            at: The part at work.
        """


SILENT = Progress()
