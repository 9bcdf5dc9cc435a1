"""No small count can be worked out from what stays published; the attacker here shares no code with the package."""

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import milp

from analysis.indicators.disclosure import Cell, Relation, suppress, total_of

BOUND = 5


def grid(inner, halves=None):
    """Cells and relations of a table with its margins; `halves` divides each row total a second time."""
    rows, columns = len(inner), len(inner[0])
    values = {f"{r}/{c}": inner[r][c] for r in range(rows) for c in range(columns)}
    names = [f"{c}" for c in range(columns)]
    relations = []
    if halves is not None:
        names += ["a", "b"]
        for r in range(rows):
            values |= {f"{r}/a": halves[r], f"{r}/b": sum(inner[r]) - halves[r]}
    for c in names:
        values[f"all/{c}"] = sum(values[f"{r}/{c}"] for r in range(rows))
        relations.append(total_of(f"all/{c}", [f"{r}/{c}" for r in range(rows)]))
    for r in [*range(rows), "all"]:
        parts = [f"{r}/{c}" for c in range(columns)]
        values[f"{r}/sum"] = sum(values[part] for part in parts)
        relations.append(total_of(f"{r}/sum", parts))
        if halves is not None:
            relations.append(total_of(f"{r}/sum", [f"{r}/a", f"{r}/b"]))
    relations.append(total_of("all/sum", [f"{r}/sum" for r in range(rows)]))
    costs = {name: 1 + 9 * name.endswith("sum") + 20 * name.startswith("all") for name in values}
    return [Cell(name, value, costs[name]) for name, value in values.items()], relations


def attacked(cells, relations, outcome, *value_of):
    """The least and greatest whole value that hidden cells can have together for one who knows all the rest."""
    names = [cell.cell_id for cell in cells]
    lower, upper = [], []
    for cell in cells:
        if cell.cell_id not in outcome.hidden:
            bounds = (cell.value, cell.value)
        elif cell.value < BOUND and cell.is_count:
            bounds = (0, BOUND - 1)
        else:
            labelled = cell.is_count and cell.is_shown and cell.cell_id not in outcome.unlabelled
            bounds = (BOUND if labelled else 0, np.inf)
        lower.append(bounds[0])
        upper.append(bounds[1])
    matrix = np.zeros((len(relations), len(names)))
    for row, relation in enumerate(relations):
        for coefficient, name in relation.terms:
            matrix[row, names.index(name)] += coefficient
    found = []
    for sign in (1, -1):
        goal = np.zeros(len(names))
        goal[[names.index(name) for name in value_of]] = sign
        solved = milp(goal, integrality=np.ones(len(names)), bounds=(lower, upper), constraints=(matrix, 0, 0))
        found.append(round(sign * solved.fun))
    return tuple(found)


small = st.integers(0, 9)
tables = st.integers(2, 3).flatmap(
    lambda rows: st.integers(2, 4).flatmap(
        lambda columns: st.lists(st.lists(small, min_size=columns, max_size=columns), min_size=rows, max_size=rows)
    )
)


@settings(max_examples=15, deadline=None)
@given(tables, st.booleans(), st.randoms(use_true_random=False))
def test_every_small_count_keeps_its_whole_range(inner, twice, chance):
    halves = [chance.randint(0, sum(row)) for row in inner] if twice else None
    cells, relations = grid(inner, halves)
    down, across = range(len(inner)), range(len(inner[0]))
    groups = [[f"{r}/{c}" for r in down[:size]] for c in across for size in (None, -1)]
    groups += [[f"{r}/{c}" for c in across] for r in down]
    outcome = suppress(cells, relations, BOUND, groups=groups)
    assert outcome.sensitive == {cell.cell_id for cell in cells if cell.value < BOUND} <= outcome.hidden
    for name in sorted(outcome.sensitive):
        assert attacked(cells, relations, outcome, name) == (0, BOUND - 1), name
    value = {cell.cell_id: cell.value for cell in cells}
    for group in groups:
        small = [name for name in group if name in outcome.sensitive]
        if small and sum(value[name] for name in small) < BOUND:
            least, most = attacked(cells, relations, outcome, *small)
            assert least == 0, small
            assert most >= BOUND - 1, small
    assert fixed_sums(cells, relations, outcome) == []


def fixed_sums(cells, relations, outcome, most=10):
    """Small sums of several small counts that the relations fix; every set of up to ten of them is tried."""
    hidden = [cell for cell in cells if cell.cell_id in outcome.hidden]
    small = [number for number, cell in enumerate(hidden) if cell.cell_id in outcome.sensitive][:most]
    matrix = np.array(
        [[{name: k for k, name in one.terms}.get(cell.cell_id, 0) for cell in hidden] for one in relations]
    )
    sets = [one for size in range(2, len(small) + 1) for one in itertools.combinations(small, size)]
    sums = {one: sum(hidden[number].value for number in one) for one in sets}
    few = [one for one in sets if sums[one] < BOUND]
    if not few:
        return []
    chosen = np.array([np.isin(np.arange(len(hidden)), one) for one in few], dtype=float)
    left = chosen - chosen @ np.linalg.pinv(matrix) @ matrix
    return [one for one, rest in zip(few, left, strict=True) if np.abs(rest).max() < 1e-6]


def test_what_is_printed_elsewhere_counts_as_known():
    """40 pupils stand in another table: 13 of them cannot be hidden while 12 and 15 are printed."""
    cells = [*(Cell(str(n), n) for n in (12, 13, 15)), Cell("few", 3), Cell("more", 10)]
    whole = Relation(((1, "12"), (1, "13"), (1, "15")), printed=40)
    outcome = suppress(cells, [whole, total_of("13", ["few", "more"])], BOUND)
    assert "more" in outcome.hidden
    hides = [Cell(one.cell_id, one.value, 0.01 if one.cell_id == "13" else 1) for one in cells]
    assert len({"12", "13", "15"} & suppress(hides, [whole, total_of("13", ["few", "more"])], BOUND).hidden) != 1


def fitting(cells, outcome):
    """By cell its values in every 2 × 2 table that agrees with what is printed and which hidden counts are small."""
    a, b, c, d = np.indices((15,) * 4).reshape(4, -1)
    worlds = {"0/0": a, "0/1": b, "1/0": c, "1/1": d, "0/sum": a + b, "1/sum": c + d, "all/0": a + c, "all/1": b + d,
              "all/sum": a + b + c + d}  # fmt: skip
    possible = np.ones(len(a), dtype=bool)
    for cell in cells:
        numbers = worlds[cell.cell_id]
        if cell.cell_id not in outcome.hidden:
            possible &= numbers == cell.value
        elif cell.value < BOUND:
            possible &= numbers < BOUND
        elif cell.cell_id not in outcome.unlabelled:
            possible &= numbers >= BOUND
    return {name: numbers[possible] for name, numbers in worlds.items()}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(small, min_size=2, max_size=2), min_size=2, max_size=2))
def test_every_value_between_the_ends_is_possible_too(inner):
    """By counting all tables: 2 × 2, each number up to 14."""
    cells, relations = grid(inner)
    outcome = suppress(cells, relations, BOUND)
    assert outcome.sensitive == {cell.cell_id for cell in cells if cell.value < BOUND}
    worlds = fitting(cells, outcome)
    for name in outcome.sensitive:
        assert set(range(BOUND)) <= set(worlds[name].tolist()), name


@settings(max_examples=12, deadline=None)
@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter_and_hiding_again_hides_nothing_more(inner, chance):
    cells, relations = grid(inner)
    first = suppress(cells, relations, BOUND)
    mixed, also = list(cells), [Relation(tuple(chance.sample(one.terms, len(one.terms)))) for one in relations]
    chance.shuffle(mixed)
    chance.shuffle(also)
    assert suppress(mixed, also, BOUND) == first
    hidden = [
        Cell(one.cell_id, one.value, one.cost, is_hidden=one.cell_id in first.hidden, is_count=one.is_count)
        for one in cells
    ]
    assert suppress(hidden, relations, BOUND).hidden == first.hidden


def test_a_table_without_small_counts_stays_whole():
    cells, relations = grid([[10, 20], [30, 40]])
    assert suppress(cells, relations, BOUND).hidden == frozenset()


def test_one_small_count_hides_one_cycle_of_details_and_no_total():
    cells, relations = grid([[2, 20, 30], [40, 50, 60], [70, 80, 90]])
    hidden = suppress(cells, relations, BOUND).hidden
    assert len(hidden) == 4
    assert "0/0" in hidden
    assert not any("sum" in name or "all" in name for name in hidden)


def test_a_total_that_pins_its_parts_is_hidden():
    """6 = 1 + 5: of one who knows that the second is at least 5, only the total can hide the first."""
    relation = total_of("total", ["a", "b"])
    cells = [Cell("a", 1), Cell("b", 5), Cell("total", 6, cost=50)]
    assert suppress(cells, [relation], BOUND).hidden == {"a", "b", "total"}


def test_a_total_of_small_parts_passes_for_small():
    """3 + 4: whoever knew that the total is 5 or more would know that neither part is 0."""
    cells = [Cell("a", 3), Cell("b", 4), Cell("total", 7, cost=50)]
    outcome = suppress(cells, [total_of("total", ["a", "b"])], BOUND)
    assert outcome.hidden == {"a", "b", "total"}
    assert outcome.unlabelled == {"total"}


def town(*schools, others):
    """Counts of supported schools, of the others and of the city, dearer the more there are in them."""
    named = {f"school {number}": value for number, value in enumerate(schools, start=1)}
    cells = [*(Cell(name, value) for name, value in named.items()), Cell("others", others, 3)]
    cells.append(Cell("city", sum(schools) + others, 20))
    groups = [list(named), [*named, "others"]]
    return cells, [total_of("city", [*named, "others"])], groups


def test_the_supported_schools_together_are_not_the_city_less_the_others():
    """1 + 3 = 11 - 7: each may be anything from 0 to 4, but both are plainly four."""
    cells, relations, groups = town(1, 3, others=7)
    both = suppress(cells, relations, BOUND, groups=groups)
    assert both == suppress(cells, relations, BOUND)  # the relation itself fixes what they are together
    assert both.hidden == {"school 1", "school 2", "others"}
    assert attacked(cells, relations, both, "school 1", "school 2") == (0, 6)


def test_fewer_than_one_school_may_have_had_its_others_hidden_already():
    """1 + 2 = 10 - 7 is too few for one of them to have 4, and with the others hidden both may be none."""
    cells, relations, groups = town(1, 2, others=7)
    outcome = suppress(cells, relations, BOUND, groups=groups)
    assert outcome == suppress(cells, relations, BOUND)
    assert outcome.hidden == {"school 1", "school 2", "others"}
    assert attacked(cells, relations, outcome, "school 1", "school 2") == (0, 5)


def test_others_of_a_few_cannot_hide_the_schools_without_the_city():
    """1 + 1 = 6 - 4: others of at most 4 leave at least two, so that the city is hidden, and passes for small."""
    cells, relations, groups = town(1, 1, others=4)
    outcome = suppress(cells, relations, BOUND, groups=groups)
    assert outcome.hidden == {"school 1", "school 2", "others", "city"}
    assert outcome.unlabelled == {"city"}
    assert attacked(cells, relations, outcome, "school 1", "school 2") == (0, 8)


def test_the_city_less_one_school_is_no_small_count_either():
    """14 - 10 = 1 + 3, the others and the second school."""
    cells, relations, groups = town(10, 1, others=3)
    outcome = suppress(cells, relations, BOUND, groups=groups)
    assert outcome == suppress(cells, relations, BOUND)
    assert outcome.hidden == {"school 1", "school 2", "others"}
    assert attacked(cells, relations, outcome, "school 2", "others") == (0, 8)


def test_schools_that_are_not_few_together_hide_nothing_more():
    """2 + 2 + 3 is seven, which may be printed, and any of them may have none."""
    cells, relations, groups = town(2, 2, 3, others=7)
    outcome = suppress(cells, relations, BOUND, groups=groups)
    assert outcome.hidden == {"school 1", "school 2", "school 3"}


def test_cells_of_tables_that_are_not_related_are_no_group():
    with pytest.raises(ValueError, match="not related"):
        suppress([Cell("a", 1), Cell("b", 2)], [], BOUND, groups=[["a", "b"]])


def test_a_sum_is_printed_only_beside_its_number_and_cannot_be_taken_from_the_total():
    """Scores: the city's mean less the others' would give the one pupil's of a school."""
    cells = [
        *(Cell(f"{who}/n", n, cost) for who, n, cost in (("school", 1, 1), ("others", 40, 2), ("city", 41, 50))),
        Cell("school/scores", 62, 0.1, is_count=False, is_hidden=True, possible=(12, 112)),
        Cell("others/scores", 2500, 0.1, is_count=False),
        Cell("city/scores", 2562, 5, is_count=False),
    ]
    relations = [total_of(f"city/{what}", [f"school/{what}", f"others/{what}"]) for what in ("n", "scores")]
    outcome = suppress(cells, relations, BOUND, {f"{who}/scores": [f"{who}/n"] for who in ("school", "others", "city")})
    assert outcome.hidden == {"school/n", "others/n", "school/scores", "others/scores"}


def test_a_number_that_is_printed_nowhere_is_protected_all_the_same():
    """100 % of 20: the two who are not among 18 are shown by the difference."""
    cells = [Cell("all", 20, 10), Cell("with", 18), Cell("without", 2, is_shown=False)]
    assert suppress(cells, [total_of("all", ["with", "without"])], BOUND).hidden >= {"with", "without"}


def test_numbers_that_contradict_a_relation_are_an_error():
    with pytest.raises(ValueError, match="contradict"):
        suppress([Cell("a", 1), Cell("b", 7), Cell("total", 9)], [total_of("total", ["a", "b"])], BOUND)


def test_fifteen_hundred_relations():
    chance = random.Random(7)
    cells, relations = [], []
    for sitting in range(110):
        inner = [[chance.choice((0, 2, 5, 9, 14)) for _ in range(4)] for _ in range(2)]
        inner.append([chance.randint(20, 300) for _ in range(4)])
        some, related = grid(inner, [chance.randint(0, sum(row)) for row in inner])
        name = f"{sitting}:".__add__
        cells += [Cell(name(one.cell_id), one.value, one.cost) for one in some]
        relations += [Relation(tuple((k, name(cell)) for k, cell in one.terms)) for one in related]
    assert len(relations) > 1500
    outcome = suppress(cells, relations, BOUND)
    assert outcome.sensitive <= outcome.hidden
    sample = [one for one in cells if one.cell_id.startswith("0:")]
    known = [one for one in relations if one.terms[0][1].startswith("0:")]
    for name in itertools.islice(sorted(one for one in outcome.sensitive if one.startswith("0:")), 4):
        assert attacked(sample, known, outcome, name) == (0, BOUND - 1)


def test_a_reader_who_has_the_program_and_not_the_secret_can_rule_out_no_table():
    """Masked without a secret, 9 of 35 tables that fit give this pattern, and the 0 cannot be 4. A secret may hide a
    cell without need, so that with some secret each of the 35 gives it."""
    cells, relations = grid([[8, 8], [0, 9]])
    outcome = suppress(cells, relations, BOUND, secret="of the office")
    worlds = fitting(cells, outcome)
    tables = np.array([worlds[name] for name in ("0/0", "0/1", "1/0", "1/1")]).T.reshape(-1, 2, 2).tolist()
    assert {inner[1][0] for inner in tables} == set(range(BOUND))
    narrowed, same = set(), 0
    for inner in tables:
        other, related = grid(inner)
        narrowed |= {inner[1][0]} if suppress(other, related, BOUND).hidden == outcome.hidden else set()
        needless = [replace(one, is_hidden=one.cell_id in outcome.hidden) for one in other]
        same += suppress(needless, related, BOUND).hidden == outcome.hidden
    assert narrowed != set(range(BOUND))
    assert same == len(tables)


def test_the_secret_hides_without_need_only_beside_small_counts(monkeypatch):
    cells, relations = grid([[2, 20, 30], [40, 50, 60], [70, 80, 90]])
    masks = [suppress(cells, relations, BOUND, secret=secret).hidden for secret in "abcdefa"]
    assert masks[0] == masks[-1]
    assert len({*masks}) > 1
    monkeypatch.setattr("analysis.indicators.disclosure.NEEDLESS", 1e9)
    assert suppress(cells, relations, BOUND, secret="a").hidden == {cell.cell_id for cell in cells}
    assert suppress(*grid([[10, 20], [30, 40]]), BOUND, secret="a").hidden == frozenset()


def test_a_solver_that_is_wrong_is_not_believed(monkeypatch):
    def wrong(*given, **more):
        found = milp(*given, **more)
        if found.x is not None:
            found.x = found.x + np.eye(len(found.x))[0]  # the first cell moves one up, and no total with it
        return found

    cells, relations = grid([[2, 8, 9], [7, 9, 8], [9, 7, 6]])
    assert suppress(cells, relations, BOUND).hidden
    monkeypatch.setattr("scipy.optimize.milp", wrong)
    assert suppress(cells, relations, BOUND).hidden == {cell.cell_id for cell in cells}


def test_where_no_pattern_is_safe_nothing_is_printed():
    """3 of the 3 that another table prints: no other number can hide them."""
    cells, relations = [Cell("few", 3), Cell("whole", 9), Cell("rest", 6)], [Relation(((1, "few"),), printed=3)]
    assert suppress(cells, [*relations, total_of("whole", ["few", "rest"])], BOUND).hidden == {"few", "whole", "rest"}
