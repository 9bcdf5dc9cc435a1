"""Of the invented town every printed cell has an end, a public walk shows no value, and linked rows suffice."""

import json
import sys

import pandas as pd
import pytest

from analysis.contracts.effectiveness import PUBLIC_TABLES
from analysis.files.storage import PROCESSED, read_tables
from analysis.indicators import school_facts
from analysis.indicators.duties import executor_results, task_results
from analysis.indicators.effectiveness import school_indicators
from analysis.indicators.execution import Duty, plan_against_fact, reporter_results
from analysis.indicators.plan import composition, executor_load, plan_by_year
from analysis.indicators.pooling import POOLED
from analysis.indicators.school_tables import MADE_BY, school_tables, supported_in, with_public
from analysis.indicators.tables import training_needs
from analysis.lineage.explain import Question, cell_chain, cell_id, cell_question, explain_cell
from analysis.lineage.walk import Walk, stored
from analysis.pipeline.audit import choice_for
from analysis.project.explanation import printed_table
from analysis.rules.config import load_project
from analysis.rules.methods import load_methods
from analysis.rules.office_files import load_policy
from analysis.statistics.pooled import pooled_shares

# What a line may begin with in a public walk, below the cell itself.
OPEN = ("правило", "←", "совокупность", "значения — для служебного пользования")
# Columns that cannot be computed again from their rows alone, and why.
FITTED = "по распределению всех школ города"
NOT_RERUN = {
    "school_indicators": {
        **dict.fromkeys(("foreseen_value", "foreseen_low", "foreseen_high", "better_probability", "worse_probability",
                         "noticeable_change"), FITTED),
        **dict.fromkeys(("against_city", "city_value"), "смотрит на город"),
        **dict.fromkeys(("earlier_year", "change", "change_low", "change_high", "change_note", "flags"),
                        "смотрит на другие годы и школы"),
    },
    "training_needs": dict.fromkeys(("expected_rank", "rank_low", "rank_high", "top_probability"),
                                    "место зависит от всех тем года"),
}  # fmt: skip


@pytest.fixture(scope="module")
def town(published):
    return load_project(published)


@pytest.fixture(scope="module")
def store(town):
    return stored(town.root)


def _tables(project, internal):
    folder = project.root / ("output/internal" if internal else "reports") / "2021/data/datapackage.json"
    names = [one["name"] for one in json.loads(folder.read_bytes())["resources"]]
    return [printed_table(project, Question(name, 2021, internal, "")) for name in names]


def _cells(table):
    """The first and the last row of every column, as ids of cells."""
    for column in range(len(table.fields)):
        for row in sorted({0, len(table.rows) - 1}) if table.rows else ():
            yield column, row


@pytest.mark.parametrize(("internal", "fewest"), [(False, 2_200), (True, 2_700)])
def test_every_cell_has_an_end(town, store, internal, fewest):
    seen, lost = 0, []
    for table in _tables(town, internal):
        assert table.table or table.behind, f"{table.code}: nobody says which stored rows it shows"
        for column, row in _cells(table):
            seen += 1
            walk = Walk(store, public=not internal)
            assert len(list(cell_chain(column, row, table, walk))) > 3
            lost += [] if walk.ends else [f"{table.code} {table.fields[column]['name']}"]
    assert seen >= fewest
    assert lost == []


def _question(table, column, row):

    return cell_question(cell_id(table.code, column, row))


def test_a_public_walk_shows_no_value(town, store):
    absences = {text for said in store.tables.values() for text in said["nothing"].values() if text}
    seen = 0
    for table in _tables(town, False):
        for column, row in _cells(table):
            lines = [line.strip() for line in explain_cell(_question(table, column, row), table, store)]
            hidden = lines[2] == "стоит: скрыто в открытом отчёте"
            below = lines[3:] if not hidden else lines[4:]
            seen += hidden
            strange = [line for line in below if not line.startswith(OPEN) and line not in absences]
            assert [one for one in strange if not one.endswith(": строк нет") and "строк нет:" not in one] == []
            assert not any("«" in line and "←" in line and "ячейка" in line for line in below)
            # The list of a school's pupils is as long as it has participants.
            assert not any("с учениками" in line and "строк" in line for line in below)
            assert not hidden or lines[3].startswith("правило показа: data/disclosure.toml")
            assert not hidden or len(below) == 1
    assert seen >= 50


def test_the_masked_tables_follow_from_the_whole_ones_and_their_bits(town, store):
    tables = read_tables(town.root)
    computed = school_tables(tables, load_policy(town.root), choice_for(town.root, tables))
    made = with_public(read_tables(town.root), store.mask)
    assert len(PUBLIC_TABLES) == 7
    for name in PUBLIC_TABLES:
        assert not (town.root / PROCESSED / f"{name}.parquet").exists()
        assert store.mask(name).any() == (name != "public_self_assessment_parts")
        pd.testing.assert_frame_equal(made[name], computed[name], check_names=False)


def test_the_linked_rows_suffice(town, store, capsys):
    tables, methods = read_tables(town.root), load_methods(town.root)
    checked = sum(_rerun(name, step, tables, store) for name, step in _steps(tables, methods).items())
    skipped = sum(len(names) for names in NOT_RERUN.values())
    with capsys.disabled():
        sys.stdout.write(
            f"\ncells computed again from their linked rows alone: {checked}; {skipped} columns cannot be\n"
        )
    assert checked > 5_000


def _rerun(name, step, tables, store):
    """Computes some rows again from the rows behind them; returns how many cells were compared."""
    table, made = tables[name], step[0]
    rows = range(0, len(table), step[1])
    count = 0
    for row in rows:
        again = made(table.iloc[row], lambda edge, row=row: _behind(name, edge, row, tables, store))
        for column, value in again.items():
            if column in table and column not in NOT_RERUN.get(name, ()):
                stands = table[column].iloc[row]
                same = pd.isna(stands) and pd.isna(value) or stands == value or _close(stands, value)
                assert same, f"{name}, строка {row}, {column}: стоит {stands}, по своим строкам {value}"
                count += 1
    return count


def _close(one, other):
    try:
        return abs(float(one) - float(other)) < 1e-9
    except (TypeError, ValueError):
        return False


def _behind(name, edge, row, tables, store):
    return tables[store.tables[name]["edges"][edge]].iloc[store.behind(name, edge, row)]


def _only(frame, **key):
    for column, value in key.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0].to_dict()


def _steps(tables, methods):
    """Of each table how a row is made of the rows behind it, and of how many rows one is tried."""
    supported = supported_in(tables, {name: tables[name] for name in ("results", "context", "staff")})
    status = tables["school_status"]

    def of_group(make, edges, key):
        def made(row, behind):
            rows = pd.concat([behind(edge) for edge in edges])
            if not row["school_count"]:
                return {"school_count": len(rows)}  # listed, though nobody came
            found = make(rows[~rows.index.duplicated()], supported)
            found = found[(found["scope"] == row["scope"]) & (found["school_count"] > 0)].rename(
                columns=RENAMED.get(make, {})
            )
            return _only(found, **{name: row[name] for name in key})

        return made

    def of_indicator(row, behind):
        table = methods.passport[row["indicator_id"]].table
        rows = behind(table)
        found = school_indicators({table: rows, "school_status": status}, methods.passport, methods.calendar)
        about = ["indicator_id", "school_login", "aspect", "subject", "programme_grade", "sitting_grade", "wave"]
        for name in about:
            found = found[found[name].astype("str") == str(row[name])] if pd.notna(row[name]) else found
        again = {name: found[name].iloc[0] for name in ("numerator", "denominator", "value", "interval_low")}
        if pd.isna(row["pooled_low"]):
            return again
        return again | pooled(behind("population"), row["indicator_id"])[row.name]

    fits = {}

    def pooled(rows, indicator_id):
        """The numbers of all rows that were pooled together, by the number of the row; each fit is made once."""
        key = tuple(rows.index)
        if key not in fits:
            about = pd.MultiIndex.from_frame(rows[[*sitting, "school_year", "aspect"]].astype("str").fillna(""))
            codes = pd.factorize(rows["school_login"].astype("str"), sort=True)[0], pd.factorize(about)[0]
            counts = rows[["numerator", "denominator"]].astype("float64").to_numpy().T
            made = pooled_shares(*counts, *codes, threshold=methods.passport[indicator_id].threshold)
            columns = zip(POOLED, (made.mean, made.low, made.high, made.over_threshold), strict=True)
            fits[key] = pd.DataFrame(dict(columns), index=rows.index).to_dict("index")
        return fits[key]

    def of_duties(row, behind):
        mine = behind("duty")
        duties = [_duty(one) for one in mine.to_dict("records")]
        return _only(reporter_results(duties, mine[mine["reported_count"].notna()][FACTS]), reporter=row["reporter"])

    def of_facts(row, behind):
        mine = behind("duty")
        plan = behind("plan")
        duties = [_duty(one) for one in mine.to_dict("records")]
        return plan_against_fact(plan, duties, mine[mine["reported_count"].notna()][FACTS]).iloc[0].to_dict()

    sitting = ["calendar_year", "procedure", "subject", "programme_grade", "sitting_grade", "wave"]
    return {
        "plan": (lambda row, behind: plan_by_year(
            behind("activity"), behind("measure"), behind("to_date")).iloc[-1].drop("measure_label").to_dict(), 2),
        "plan_fact": (of_facts, 2),
        "composition": (lambda row, behind: _only(composition(behind("measures"))), 1),
        "executor_load": (lambda row, behind: _only(
            executor_load(behind("measures"), behind("named"), row["calendar_year"]),
            executor_name=row["executor_name"]) | {
            "first_named_count": len(behind("first")), "other_count": len(behind("other"))}, 1),
        "statuses": (lambda row, behind: {"measure_count": len(behind("measures"))}, 1),
        "task_results": (lambda row, behind: _only(task_results(behind("measures"))), 1),
        "executor_results": (lambda row, behind: _only(
            executor_results(behind("measures"), behind("named"))) if len(behind("measures")) else {}, 1),
        "reporter_results": (of_duties, 1),
        "set_aside_counts": (lambda row, behind: {"set_aside_row_count": len(behind("aside"))}, 1),
        "finding_counts": (lambda row, behind: {"finding_count": len(behind("findings"))}, 1),
        "completeness": (lambda row, behind: {"row_count": len(behind("given"))}, 1),
        "reporter_completeness": (lambda row, behind: {
            "row_count": len(behind("given")), "set_aside_row_count": len(behind("aside"))}, 3),
        "mark_results": (of_group(school_facts.mark_rows, ["results"], sitting), 9),
        "score_results": (of_group(school_facts.score_rows, ["results"], sitting), 5),
        "pupil_groups": (of_group(MADE_BY["context"], ["part", "base"], ["pupil_group"]), 3),
        "staff_parts": (of_group(MADE_BY["staff"], ["part", "base"], ["staff_group"]), 3),
        "deficit_parts": (of_group(school_facts.deficit_rows, ["part"], ["competence"]), 2),
        "contest_parts": (of_group(school_facts.contest_rows, ["part"], ["contest_level", "contestants"]), 2),
        "self_assessment_parts": (of_group(school_facts.self_assessment_rows, ["part"], ["criterion"]), 2),
        "school_indicators": (of_indicator, max(1, len(tables["school_indicators"]) // 25)),
        "training_needs": (lambda row, behind: _only(training_needs(behind("deficits"), 0)), 1),
    }  # fmt: skip


FACTS = ["activity_code", "measure_number", "calendar_year", "reporter", "reported_count", "documented_count",
         "accepted_count", "waiting_count", "returned_count", "reported_whole_count"]  # fmt: skip
RENAMED = {
    MADE_BY["context"]: {"part": "group_pupil_count", "base": "base_pupil_count"},
    MADE_BY["staff"]: {"part": "staff_amount", "base": "base_staff_amount"},
    school_facts.deficit_rows: {"part": "deficit_teacher_count", "base": "diagnosed_teacher_count"},
    school_facts.contest_rows: {"part": "winner_count", "base": "contestant_count"},
}


def _duty(row):
    share = None if pd.isna(row["share_count"]) else int(row["share_count"])
    return Duty(row["activity_code"], row["measure_number"], row["calendar_year"], row["reporter"], share)
