"""What counts is the last reception that was not taken back; undoing leaves what was before, to the byte."""

import hashlib
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analysis.contracts.facts import EVIDENCE, EXECUTION, REGISTRY_SCHOOLS, REGISTRY_STATUS, form_identity
from analysis.errors import AnalysisError
from analysis.forms.collect import form_bytes
from analysis.forms.receive import receive, take_back
from analysis.intake.workbook import Identity
from analysis.pipeline.facts import read_facts
from analysis.pipeline.received import problem_of, reader, received_workbooks
from analysis.rules.config import Collection, Said, load_project, load_record, load_sources
from small_projects import LATE, LATER, ON_TIME, PROJECT

NAMES = {"edu1": "Школа № 1", "edu2": "Школа № 2", "edu12": "Школа № 12"}


def _yes(_question):
    return True


def _project(folder):
    (folder / "data/raw").mkdir(parents=True)
    (folder / "project.toml").write_text(PROJECT, encoding="utf-8")
    (folder / "data/raw/SOURCES.toml").write_text("# Наши файлы\n", encoding="utf-8")
    schools = [(login, "", "", name) for login, name in NAMES.items()]
    sheets = [(REGISTRY_SCHOOLS, schools, {}), (REGISTRY_STATUS, [("edu1", "2021/22", "ШНОР")], {})]
    registry = folder / "registry.xlsx"
    registry.write_bytes(
        form_bytes(["x"], sheets, form_identity("registry", "город Светлый", 2021, "registry"), ON_TIME)
    )
    assert receive(folder, [registry], Said(date(2021, 12, 1)))[0].source is not None
    return folder


@pytest.fixture
def root(tmp_path):
    return _project(tmp_path)


def _form(root, facts, name="form.xlsx", login="edu1", city="город Светлый", year=2021):
    """A filled form in a file of that name; `facts` holds values of «Факт» by label."""
    rows = [(label, "", "", "", fact) for label, fact in facts.items()]
    sheets = [(EXECUTION, rows, {}), (EVIDENCE, [], {})]
    path = root / name
    path.write_bytes(form_bytes([name], sheets, form_identity("form", city, year, login), ON_TIME))
    return path


def _state(root, signed):
    """Every table of facts as text, and the findings."""
    project = replace(load_project(root), collection=Collection(("УО",), "ОО"))
    sources = load_sources(root)
    came = received_workbooks(project, sources, reader(project, ()))
    facts = read_facts(project, came, sources, (), signed.tables)
    return {name: frame.to_csv() for name, frame in facts.tables.items()}, facts


def _facts_of(root, signed, login="edu1"):
    reports = _state(root, signed)[1].tables["reports"]
    mine = reports[reports["reporter"] == login]
    return dict(zip(mine["activity_code"], mine["fact_count"], strict=True))


# ── what a reception says ──


def test_a_reception_says_whose_it_is_what_it_replaces_and_how_many_values_differ(root):
    first = receive(root, [_form(root, {"1.3": 2, "3.1": 1, "4.10": 5})], Said(ON_TIME))[0]
    assert first.said == "form.xlsx: Школа № 1 (edu1), 2021 год: принят как data/raw/2021/form_edu1_v1.xlsx."
    again = receive(root, [_form(root, {"4.10": 5, "1.3": 3, "4.11": 7}, "again.xlsx")], Said(LATER))[0]
    assert again.said == (
        "again.xlsx: Школа № 1 (edu1), 2021 год: принят как data/raw/2021/form_edu1_v2.xlsx; заменяет "
        "data/raw/2021/form_edu1_v1.xlsx (остаётся на месте), других значений — 3."
    )
    assert again.details == (
        "лист Исполнение, 1.3, «Факт»: было 2, стало 3",
        "лист Исполнение, 4.11, «Факт»: было пусто, стало 7",
        "лист Исполнение, 3.1, «Факт»: было 1, стало пусто",
    )


def test_an_earlier_day_of_receipt_changes_no_order(root, signed):
    receive(root, [_form(root, {"1.3": 2})], Said(LATER))
    said = receive(root, [_form(root, {"1.3": 3})], Said(ON_TIME))[0].said
    assert "заменяет data/raw/2021/form_edu1_v1.xlsx" in said
    assert _facts_of(root, signed) == {"1.3": 3}


def test_a_late_form_says_what_stays_in_the_report(root, signed):
    late = receive(root, [_form(root, {"1.3": 2})], Said(LATE))[0].said
    assert late.endswith("form_edu1_v1.xlsx; срок прошёл, в отчёт не войдёт: сведений в отчёте нет.")
    receive(root, [_form(root, {"1.3": 3})], Said(ON_TIME))
    late = receive(root, [_form(root, {"1.3": 4})], Said(LATE))[0].said
    assert late.endswith("; срок прошёл, в отчёт не войдёт: в отчёте остаётся data/raw/2021/form_edu1_v2.xlsx.")
    assert _facts_of(root, signed) == {"1.3": 3}


def test_an_older_file_received_again_is_a_new_reception(root, signed):
    first, second = _form(root, {"1.3": 2}, "a.xlsx"), _form(root, {"1.3": 3}, "b.xlsx")
    receive(root, [first], Said(ON_TIME))
    receive(root, [second], Said(ON_TIME))
    assert receive(root, [second], Said(ON_TIME))[0].said == "b.xlsx: уже принят: data/raw/2021/form_edu1_v2.xlsx."
    assert receive(root, [first], Said(ON_TIME))[0].source.file == "data/raw/2021/form_edu1_v3.xlsx"
    assert _facts_of(root, signed) == {"1.3": 2}


# ── files named after another school ──


@pytest.mark.parametrize("name", ["2021_edu2.xlsx", "Школа 2.xlsx", "сведения_Школа_№2_(1).xlsx", "EDU2.xlsx"])
def test_a_file_named_after_another_school_replaces_nothing_unasked(root, signed, name):
    receive(root, [_form(root, {"1.3": 2})], Said(ON_TIME))
    asked = []
    refused = receive(
        root, [_form(root, {"1.3": 9}, name)], Said(LATER), lambda question: bool(asked.append(question))
    )[0]
    assert (refused.source, asked) == (
        None,
        ["в файле форма: Школа № 1 (edu1), 2021 год, а назван он как Школа № 2 (edu2)."],
    )
    assert "Ничего не заменено. Если всё верно: analysis receive --yes ФАЙЛ." in refused.said
    assert _facts_of(root, signed) == {"1.3": 2}
    assert receive(root, [_form(root, {"1.3": 9}, name)], Said(LATER), _yes)[0].source is not None
    assert _facts_of(root, signed) == {"1.3": 9}


def test_the_first_form_of_a_school_named_after_another_is_taken_with_a_word(root):
    said = receive(root, [_form(root, {"1.3": 2}, "2021_edu2.xlsx")], Said(ON_TIME))[0].said
    assert said.endswith("Проверьте: в файле форма: Школа № 1 (edu1), 2021 год, а назван он как Школа № 2 (edu2).")


@pytest.mark.parametrize(
    "name", ["2021_edu1.xlsx", "Школа 12.xlsx", "готово.xlsx", "Школа № 1 вместо edu2.xlsx", "УО.xlsx"]
)
def test_other_names_ask_nothing(root, name):
    login = "edu12" if "12" in name else "edu1"
    receive(root, [_form(root, {"1.3": 2}, login=login)], Said(ON_TIME))
    assert receive(root, [_form(root, {"1.3": 3}, name, login=login)], Said(LATER))[0].source is not None


# ── taking back ──


def test_undo_restores_what_counted_and_the_record_keeps_both(root, signed):
    receive(root, [_form(root, {"1.3": 2})], Said(ON_TIME))
    before = _state(root, signed)[0]
    wrong = _form(root, {"1.3": 9, "3.1": 1}, "wrong.xlsx")
    receive(root, [wrong], Said(LATER))
    (undone,) = take_back(root, [wrong], LATER)
    assert undone.said == (
        "data/raw/2021/form_edu1_v2.xlsx: приём взят назад, файл остался на месте; снова считается "
        "data/raw/2021/form_edu1_v1.xlsx, других значений — 2."
    )
    assert undone.details == (
        "лист Исполнение, 1.3, «Факт»: было 9, стало 2",
        "лист Исполнение, 3.1, «Факт»: было 1, стало пусто",
    )
    assert _state(root, signed)[0] == before
    assert (root / "data/raw/2021/form_edu1_v2.xlsx").read_bytes() == wrong.read_bytes()
    record = load_record(root)
    assert [one.file.rpartition("/")[2] for one in record.received] == [
        "registry_registry_v1.xlsx",
        "form_edu1_v1.xlsx",
        "form_edu1_v2.xlsx",
    ]
    assert record.taken_back == {"data/raw/2021/form_edu1_v2.xlsx"}
    text = (root / "data/raw/SOURCES.toml").read_text(encoding="utf-8")
    assert text.startswith("# Наши файлы\n")
    assert text.endswith('[[taken_back]]\nfile = "data/raw/2021/form_edu1_v2.xlsx"\ndate = 2022-01-25\n')


@pytest.mark.parametrize("called", ["data/raw/2021/form_edu1_v1.xlsx", "form_edu1_v1.xlsx", "mail.xlsx"])
def test_a_reception_is_named_by_its_place_its_name_or_the_file_that_came(root, signed, called, monkeypatch):
    monkeypatch.chdir(root)
    receive(root, [_form(root, {"1.3": 2}, "mail.xlsx")], Said(ON_TIME))
    (undone,) = take_back(root, [Path(called)], LATER)
    assert undone.source.file == "data/raw/2021/form_edu1_v1.xlsx"
    assert undone.said.endswith("; этих сведений за 2021 год больше нет.")
    assert _facts_of(root, signed) == {}
    assert [one.said for one in take_back(root, [Path(called), Path("none.xlsx")], LATER)] == [
        f"{Path(called).name}: приём data/raw/2021/form_edu1_v1.xlsx уже взят назад.",
        "none.xlsx: такого файла не принимали. Что принято, записано в data/raw/SOURCES.toml.",
    ]


def test_taking_back_what_did_not_count_says_so(root, signed):
    receive(root, [_form(root, {"1.3": 2}, "a.xlsx")], Said(ON_TIME))
    receive(root, [_form(root, {"1.3": 3}, "b.xlsx")], Said(ON_TIME))
    receive(root, [_form(root, {"1.3": 4}, "c.xlsx")], Said(LATE))
    said = [one.said for one in take_back(root, [root / "a.xlsx", root / "c.xlsx"], LATE)]
    assert len(said) == 2
    assert all(one.endswith("на отчёт это не влияет: считается data/raw/2021/form_edu1_v2.xlsx.") for one in said)
    assert _facts_of(root, signed) == {"1.3": 3}


def test_a_file_taken_back_can_be_received_again(root, signed):
    path = _form(root, {"1.3": 2})
    receive(root, [path], Said(ON_TIME))
    take_back(root, [path], LATER)
    assert receive(root, [path], Said(LATER))[0].source.file == "data/raw/2021/form_edu1_v2.xlsx"
    assert _facts_of(root, signed) == {"1.3": 2}
    assert take_back(root, [path], LATER)[0].source.file == "data/raw/2021/form_edu1_v2.xlsx"


def test_a_registry_taken_back_lets_the_one_before_count(root, signed):
    sheets = [(REGISTRY_SCHOOLS, [("edu1", "", "", "Лицей")], {}), (REGISTRY_STATUS, [], {})]
    newer = root / "newer.xlsx"
    newer.write_bytes(form_bytes(["x"], sheets, form_identity("registry", "город Светлый", 2021, "registry"), ON_TIME))
    before = _state(root, signed)[0]
    receive(root, [newer], Said(LATER))
    assert list(_state(root, signed)[1].tables["schools"]["school_name"]) == ["Лицей"]
    assert "снова считается data/raw/2021/registry_registry_v1.xlsx" in take_back(root, [newer], LATER)[0].said
    assert _state(root, signed)[0] == before


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ('[[taken_back]]\nfile = "data/raw/2021/none.xlsx"\ndate = 2022-01-01', "такой формы, реестра или выгрузки"),
        ('[[taken_back]]\nfile = "data/raw/2021/registry_registry_v1.xlsx"', "нет ключа «date»"),
        ('[[taken_back]]\nfile = "a"\nday = 1', "ключа «day» здесь не бывает"),
    ],
)
def test_a_broken_entry_names_itself(root, written, why):
    with (root / "data/raw/SOURCES.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{written}\n")
    with pytest.raises(AnalysisError, match=r"SOURCES.toml, \[\[taken_back\]\] № 1") as error:
        load_sources(root)
    assert why in str(error.value)


# ── what is not as the program names it ──


def test_a_late_file_is_taken_once(root):
    path = _form(root, {"1.3": 2})
    assert receive(root, [path], Said(LATE))[0].source.file == "data/raw/2021/form_edu1_v1.xlsx"
    assert receive(root, [path], Said(LATE))[0].said == "form.xlsx: уже принят: data/raw/2021/form_edu1_v1.xlsx."
    assert receive(root, [path], Said(ON_TIME))[0].source.file == "data/raw/2021/form_edu1_v2.xlsx"


def test_a_form_entered_by_hand_is_an_earlier_version_like_any_other(root, signed):
    path = _form(root, {"1.3": 2}, "by hand.xlsx")
    content = path.read_bytes()
    (root / "data/raw/from_mail.xlsx").write_bytes(content)
    entry = (
        f'\n[[source]]\nfile = "data/raw/from_mail.xlsx"\ntitle = "x"\norigin = "x"\nreceived = 2022-01-20\n'
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"\nlicence = "x"\nkind = "form"\n'
    )
    with (root / "data/raw/SOURCES.toml").open("a", encoding="utf-8") as file:
        file.write(entry)
    assert receive(root, [path], Said(LATER))[0].said == "by hand.xlsx: уже принят: data/raw/from_mail.xlsx."
    assert "заменяет data/raw/from_mail.xlsx" in receive(root, [_form(root, {"1.3": 3})], Said(LATER))[0].said
    said = [one.said for one in take_back(root, [root / "form.xlsx", Path("data/raw/from_mail.xlsx")], LATER)]
    assert "снова считается data/raw/from_mail.xlsx, других значений — 1" in said[0]
    assert said[1].endswith("; этих сведений за 2021 год больше нет.")
    assert _facts_of(root, signed) == {}


def test_two_reporters_whose_files_are_called_alike_replace_each_other_nowhere(root):
    text = (root / "project.toml").read_text(encoding="utf-8")
    (root / "project.toml").write_text(text.replace('["УО"]', '["Центр 1", "Центр-1"]'), encoding="utf-8")
    first, second = (_form(root, {"1.3": 2}, f"{name}.xlsx", name) for name in ("Центр 1", "Центр-1"))
    assert receive(root, [first], Said(ON_TIME))[0].said.startswith("Центр 1.xlsx: Центр 1, 2021 год: принят как ")
    said = receive(root, [second], Said(ON_TIME))[0].said
    assert said == "Центр-1.xlsx: Центр-1, 2021 год: принят как data/raw/2021/form_Центр_1_v2.xlsx."


def test_the_form_of_an_executor_with_two_names_is_one(root):
    before = _form(root, {"1.3": 2}, "before.xlsx", "УО")
    receive(root, [before], Said(ON_TIME))
    joined = '\n[[collection.executor]]\nname = "Управление"\nwritings = ["УО"]\nbasis = "приказ"\n'
    with (root / "project.toml").open("a", encoding="utf-8") as file:
        file.write(joined)
    (after,) = receive(root, [_form(root, {"1.3": 3}, "after.xlsx", "Управление")], Said(LATER))
    assert "заменяет data/raw/2021/form_УО_v1.xlsx" in after.said
    assert "снова считается data/raw/2021/form_УО_v1.xlsx" in take_back(root, [root / "after.xlsx"], LATER)[0].said


def test_a_name_that_two_files_have_takes_neither_back(root):
    text = (root / "project.toml").read_text(encoding="utf-8")
    (root / "project.toml").write_text(text.replace("[2021]", "[2021, 2022]"), encoding="utf-8")
    receive(root, [_form(root, {"1.3": 2})], Said(ON_TIME))
    receive(root, [_form(root, {"1.3": 2}, year=2022)], Said(LATER))
    (result,) = take_back(root, [Path("form_edu1_v1.xlsx")], LATER)
    assert result.source is None
    assert result.said.endswith("data/raw/2021/form_edu1_v1.xlsx, data/raw/2022/form_edu1_v1.xlsx.")
    assert take_back(root, [Path("data/raw/2022/form_edu1_v1.xlsx")], LATER)[0].source is not None


def test_an_older_registry_taken_back_is_no_longer_asked_for_names(root):
    sheets = [(REGISTRY_SCHOOLS, [("edu1", "", "", "Лицей")], {}), (REGISTRY_STATUS, [], {})]
    newer = root / "newer.xlsx"
    newer.write_bytes(form_bytes(["x"], sheets, form_identity("registry", "город Светлый", 2021, "registry"), ON_TIME))
    receive(root, [newer], Said(LATER))
    said = take_back(root, [Path("registry_registry_v1.xlsx")], LATER)[0].said
    assert "считается data/raw/2021/registry_registry_v2.xlsx; прежних названий и закрытых школ" in said


def test_while_a_file_of_rules_is_broken_nothing_is_taken(root):
    receive(root, [_form(root, {"1.3": 2})], Said(ON_TIME))
    (root / "data/schools.toml").write_text("[[merged]]\nlogin = 1\n", encoding="utf-8")
    with pytest.raises(AnalysisError, match="data/schools.toml"):
        receive(root, [_form(root, {"1.3": 3}, "2021_edu2.xlsx")], Said(LATER))
    assert len(load_sources(root)) == 2


# ── any sequence ──

RECEPTIONS = st.lists(
    st.tuples(
        st.sampled_from(["right", "mended", "faulty", "foreign city", "named after another", "older"]),
        st.sampled_from([ON_TIME, LATER, LATE]),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


def _arriving(root, kind, number, came):
    """The file of one step and the fact that it reports; None where it cannot be read."""
    if kind == "older" and came:
        return came[0]
    fact = "много" if kind == "faulty" else number
    city = "город Тёмный" if kind == "foreign city" else "город Светлый"
    name = f"2021_edu2_{number}.xlsx" if kind == "named after another" else f"{number}.xlsx"
    return _form(root, {"1.3": fact}, name, city=city), None if kind == "faulty" else fact


# Each example receives and reads whole workbooks: making a failing one smaller would take minutes.
@settings(max_examples=10, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(steps=RECEPTIONS, order=st.randoms(use_true_random=False))
def test_any_receptions_leave_what_the_rule_says_and_undoing_them_leaves_the_first_state(signed, steps, order):
    with TemporaryDirectory() as folder:
        root = _project(Path(folder))
        first, files = _state(root, signed)[0], (root / "data/raw/2021").iterdir
        standing, came, numbers = [], [], count(1)
        for kind, day, agreed in steps:
            path, fact = _arriving(root, kind, next(numbers), came)
            counts = next((one for one in reversed(standing) if one[1] != LATE), None)
            newest = next((one for one in reversed(standing) if (one[1] == LATE) == (day == LATE)), None)
            there_already = path in [one[2] for one in (counts, newest) if one]
            (result,) = receive(root, [path], Said(day), lambda _, answer=agreed: answer)
            replaces_unasked = "edu2" in path.name and counts is not None and day != LATE and not agreed
            if kind == "foreign city" or (replaces_unasked and not there_already):
                assert result.source is None
            elif not there_already:
                standing.append((fact, day, path))
                came.append((path, fact))
            expected = next((one[0] for one in reversed(standing) if one[1] != LATE), "no form")
            reported = _facts_of(root, signed).get("1.3", "no form")
            assert reported == expected or (expected is None and str(reported) == "<NA>")
        there = {path.name: path.read_bytes() for path in files()}
        undo = [source.file for source in load_sources(root) if source.kind == "form"]
        order.shuffle(undo)
        assert len(undo) == len(standing)
        assert all(one.source for one in take_back(root, [root / file for file in undo], LATE))
        assert _state(root, signed)[0] == first
        assert {path.name: path.read_bytes() for path in files()} == there


def test_a_registry_belongs_to_no_year_and_every_other_workbook_does(root):
    project = load_project(root)
    assert 2015 not in project.editions
    assert problem_of(Identity("registry", project.city, 2015, "registry"), project, None) is None
    for kind in ("form", "acceptance"):
        found = problem_of(Identity(kind, project.city, 2015, "УО"), project, None)
        assert found
        assert "Форма за 2015 год" in found[0]
