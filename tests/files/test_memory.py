"""A step is done again where anything that it looked at is different, and only there."""

import os
import pickle
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from analysis.files import memory as notes
from analysis.files.memory import ALONE, FORGETFUL, Helper, Memory, begin_worker, rows_where
from analysis.files.storage import texts_as_objects

with texts_as_objects():  # as a build works
    TABLE = pd.DataFrame(
        {
            "calendar_year": [2020, 2021, 2021],
            "text": pd.Series(["а", None, "б"], dtype="str"),
            "count": pd.Series([1, None, 3], dtype="Int64"),
            "share": [0.5, None, -0.0],
            "day": pd.to_datetime(["2021-01-01", None, "2021-01-03"]),
            "kind": pd.Series(["x", "y", "x"], dtype="category"),
            "members": pd.Series([("a",), ("b", "c"), ()], dtype=object),
        }
    )


@dataclass(frozen=True)
class Rule:
    words: tuple[str, ...]
    aside: object = field(default=None, compare=False)


@pytest.fixture
def memory(tmp_path):
    return Memory(tmp_path / "notes", "code 1")


def _counting(memory, read, given=(), look=lambda tables: len(tables["one"])):
    """What a step returns, and whether it was done."""
    done = []
    made = memory.tracked("step", read, list(given), lambda tables: [done.append(1), look(tables)][1])
    return made, bool(done)


def test_a_step_is_done_once_for_the_same_tables(memory):
    read = {"one": TABLE}
    assert _counting(memory, read) == (3, True)
    assert _counting(memory, {"one": TABLE.copy()}) == (3, False)
    assert _counting(Memory(memory._folder, "code 1"), read) == (3, False)
    assert _counting(Memory(memory._folder, "code 2"), read) == (3, True)


def test_what_was_not_looked_at_may_differ(memory):
    assert _counting(memory, {"one": TABLE, "two": TABLE}) == (3, True)
    assert _counting(memory, {"one": TABLE, "two": TABLE[:1]}) == (3, False)
    assert _counting(memory, {"one": TABLE[:2], "two": TABLE}) == (2, True)


def test_a_table_that_was_looked_for_in_vain_may_come(memory):
    def look(tables):
        return "two" in tables, tables.get("three") is None

    assert _counting(memory, {"one": TABLE}, look=look) == ((False, True), True)
    assert _counting(memory, {}, look=look) == ((False, True), False)
    assert _counting(memory, {"two": TABLE}, look=look) == ((True, True), True)
    assert _counting(memory, {"three": TABLE}, look=look) == ((False, False), True)


def test_which_tables_there_are_is_a_question_too(memory):
    assert _counting(memory, {"one": TABLE}, look=list) == (["one"], True)
    assert _counting(memory, {"one": TABLE[:1]}, look=list) == (["one"], False)
    assert _counting(memory, {"one": TABLE, "two": TABLE}, look=list) == (["one", "two"], True)


def test_a_step_that_looks_at_one_year_is_not_done_again_for_another(memory):
    def look(tables):
        return len(rows_where(tables, "one", "calendar_year", 2021))

    assert _counting(memory, {"one": TABLE}, look=look) == (2, True)
    other = TABLE.assign(count=pd.Series([9, None, 3], dtype="Int64"))
    assert _counting(memory, {"one": other}, look=look) == (2, False)
    assert _counting(memory, {"one": TABLE[1:].reset_index(drop=True)}, look=look) == (
        2,
        True,
    )  # rows are numbered anew
    assert rows_where({}, "one", "calendar_year", 2021) is None


@pytest.mark.parametrize("column", TABLE.columns)
def test_every_value_counts(memory, column):
    """A blank, another value, another type, another name and another order are all something else."""
    kind = TABLE[column].dtype
    changed = [
        TABLE.assign(**{column: TABLE[column].shift(1)}),
        TABLE.rename(columns={column: "other"}),
        TABLE.astype({column: object})
        if str(kind) != "object"
        else TABLE.assign(**{column: [("a",), ("b", "c"), ("",)]}),
        TABLE.iloc[::-1],
        TABLE[[*TABLE.columns[1:], TABLE.columns[0]]],
    ]
    contents = [memory.content(one) for one in (TABLE, *changed)]
    assert len(set(contents)) == 6


PARTS = st.recursive(
    st.none() | st.text() | st.integers() | st.floats() | st.binary() | st.dates(),
    lambda some: st.lists(some) | st.tuples(some, some),
    max_leaves=5,
)


@given(PARTS, PARTS)
def test_different_parts_have_different_contents(one, other):
    assert (FORGETFUL.content(one) == FORGETFUL.content(other)) == (_lists(one) == _lists(other))


def _lists(part):
    return repr([_lists(one) for one in part]) if isinstance(part, (list, tuple)) else repr(part)


def test_rules_days_and_drawings_are_told_apart():
    rule, moment = Rule(("а", "б")), datetime(2021, 1, 1)
    parts = [
        rule, Rule(("аб",)), {"а": 1}, {"б": 1}, {1, 2}, date(2021, 1, 1), moment, Path("a"), pd.NA, pd.NaT,
        pd.Timestamp(moment), np.arange(3), np.arange(3.0), np.arange(6).reshape(2, 3), np.arange(6).reshape(3, 2),
        partial(_lists, 1), partial(_lists, 2), Rule, pd.Series([1, 2]), pd.Series([1, 2], index=[1, 0]),
    ]  # fmt: skip
    assert len({FORGETFUL.content(one) for one in parts}) == len(parts)
    assert FORGETFUL.content(rule) == FORGETFUL.content(Rule(("а", "б"), aside=object()))


@pytest.mark.parametrize("part", [object(), lambda: 1, iter(()), [object()]])
def test_what_cannot_be_told_apart_is_refused(part):
    with pytest.raises(TypeError, match="cannot be told"):
        FORGETFUL.content(part)


def test_a_damaged_note_is_made_again(memory):
    read = {"one": TABLE}
    _counting(memory, read)
    found = sorted(memory._folder.iterdir())
    assert len(found) == 2
    for damage in (lambda was: b"", lambda was: was[:-1], lambda was: was[:32] + b"x" + was[33:]):
        for note in found:
            note.write_bytes(damage(note.read_bytes()))
        assert _counting(memory, read) == (3, True)
        assert _counting(memory, read) == (3, False)


class Acting:
    def __reduce__(self):
        return (Path.touch, (Path("acted"),))


def test_a_note_that_would_act_is_no_note(memory, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    _counting(memory, {"one": TABLE})
    content = pickle.dumps(Acting())
    for note in memory._folder.iterdir():
        note.write_bytes(notes.hashlib.sha256(content).digest() + content)
    assert _counting(memory, {"one": TABLE}) == (3, True)
    assert not Path("acted").exists()


def test_a_table_comes_back_as_it_was(memory):
    made = memory.remembered("table", [1], lambda: {"t": TABLE, "a": np.arange(3, dtype="int32"), "n": np.float64(1)})
    back = memory.remembered("table", [1], lambda: None)
    pd.testing.assert_frame_equal(back["t"], made["t"], check_exact=True)
    assert memory.content(back) == memory.content(made)


def test_the_oldest_notes_go_where_all_are_too_large(memory, monkeypatch):
    for number in range(3):
        memory.remembered("note", [number], lambda: "x" * 100)
    notes_by_age = sorted(memory._folder.iterdir())
    for age, note in enumerate(notes_by_age):
        os.utime(note, ns=(age, age))
    monkeypatch.setattr(notes, "MOST_BYTES", 2 * notes_by_age[0].stat().st_size)
    memory.forget()
    assert sorted(memory._folder.iterdir()) == notes_by_age[1:]


def test_one_without_a_folder_does_every_step():
    assert _counting(FORGETFUL, {"one": TABLE}) == _counting(FORGETFUL, {"one": TABLE}) == (3, True)


def test_a_second_process_does_what_it_is_asked_until_it_dies(tmp_path):
    """What goes wrong in it stops nothing, and nobody waits for one that is dead or was never wanted."""
    done = tmp_path / "done"
    with Helper(wanted=True) as helper:
        helper.make(Path.read_text, tmp_path / "missing")
        helper.make(Path.write_text, done, "1")
        helper.wait()
        assert done.read_text() == "1"
        helper.make(os._exit, 1)
        helper.wait()
        for one in (helper, ALONE):
            one.make(Path.write_text, done, "2")
            one.wait()
    assert (done.read_text(), helper._process.exitcode) == ("1", 1)


def test_a_second_process_ends_with_what_it_was_for(tmp_path):
    with Helper(wanted=True) as helper:
        helper.make(time.sleep, 600)
    assert not helper._process.is_alive()


HELD = []


def _hold(lock):
    HELD.append(FileLock(lock))
    HELD[0].acquire()


def _employ(lock, told):
    with ProcessPoolExecutor(1, get_context("spawn"), begin_worker) as pool:
        pool.submit(_hold, lock).result()
        told.send("held")
        told.recv()


def test_another_process_gets_the_notes_and_nothing_that_is_at_hand(tmp_path):
    memory, table = Memory(tmp_path, "code", keeps=True), pd.DataFrame({"a": [1]})
    assert memory.remembered("step", [table], lambda: [1]) == [1]
    sent = pickle.loads(pickle.dumps(memory))
    assert (sent.code, sent.remembered("step", [table], lambda: [2]), sent.done) == ("code", [1], [])


def test_a_worker_ends_with_the_process_that_it_works_for(tmp_path):
    """It would keep its memory, and whatever it holds, until the machine is switched off."""
    ours, theirs = get_context("spawn").Pipe()
    employer = get_context("spawn").Process(target=_employ, args=(tmp_path / "lock", theirs))
    employer.start()
    assert ours.recv() == "held"
    employer.kill()
    employer.join()
    FileLock(tmp_path / "lock").acquire(timeout=30)
