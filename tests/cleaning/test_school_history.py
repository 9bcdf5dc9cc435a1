"""Schools over several registries: former names find them, and those that became part of others stay."""

from datetime import date

from analysis.cleaning.registry import Registry, last_report_years, with_ended, with_former_names, with_mergers
from analysis.contracts.findings import Severity
from analysis.rules.office_files import Merger

OLD, NEW = date(2021, 1, 10), date(2022, 10, 1)
MERGER = Merger("edu1", "edu2", date(2022, 9, 1), "приказ № 5", "аналитик")


def _registry(file, schools, statuses=()):
    """Schools: login to short name, or short and full name and aliases."""
    rows = []
    for line, (login, names) in enumerate(schools.items(), start=2):
        name, full, aliases = names if isinstance(names, tuple) else (names, None, None)
        rows.append((file, f"лист Школы, строка {line}", login, None, None, name, full, aliases, None, None))
    status = tuple((file, f"лист Статус, строка {line}", *one) for line, one in enumerate(statuses, start=2))
    return Registry({"schools": tuple(rows), "school_status": status}, ())


def _aliases(registry):
    return {row[2]: row[7] for row in registry.rows["schools"]}


def test_a_school_is_found_by_the_name_of_an_earlier_registry_and_keeps_its_address():
    old = _registry("v1.xlsx", {"edu1": ("СОШ № 5", "МБОУ СОШ № 5", "Пятая"), "edu2": "Лицей № 2"})
    new = _registry("v2.xlsx", {"edu1": ("Лицей № 5", None, "Новая"), "edu2": "лицей №2"})
    known = with_former_names(new, [(OLD, old)])
    assert _aliases(known) == {"edu1": "Новая; МБОУ СОШ № 5; СОШ № 5", "edu2": None}, "edu2 is only written otherwise"
    full, short = known.rows["former_names"]
    assert short == ("v1.xlsx", "лист Школы, строка 2", "edu1", "СОШ № 5", "краткое", OLD)
    assert full[3:5] == ("МБОУ СОШ № 5", "полное")
    assert known.findings == ()


def test_of_several_registries_the_last_that_has_a_name_is_named():
    old = [(day, _registry(f"{day.year}.xlsx", {"edu1": "СОШ № 5"})) for day in (OLD, date(2021, 9, 1))]
    known = with_former_names(_registry("v3.xlsx", {"edu1": "Лицей"}), old)
    (name,) = known.rows["former_names"]
    assert name[-1] == date(2021, 9, 1)
    assert _aliases(known) == {"edu1": "СОШ № 5"}


def test_a_former_name_that_another_school_has_today_finds_only_that_school():
    old = _registry("v1.xlsx", {"edu1": "СОШ № 1", "edu2": "СОШ № 2"})
    known = with_former_names(_registry("v2.xlsx", {"edu1": "Лицей", "edu2": "СОШ №1"}), [(OLD, old)])
    assert _aliases(known) == {"edu1": None, "edu2": "СОШ № 2"}
    (finding,) = known.findings
    assert (finding.rule, finding.severity, finding.value) == ("former_name", Severity.ATTENTION, "СОШ № 1")
    assert (finding.file, finding.place) == ("v2.xlsx", "лист Школы, строка 3")
    assert "v1.xlsx, лист Школы, строка 2" in finding.explanation
    assert [row[2:4] for row in known.rows["former_names"]] == [("edu1", "СОШ № 1"), ("edu2", "СОШ № 2")]


def test_a_school_that_ended_stays_as_the_last_registry_had_it_and_its_name_says_so():
    statuses = [("edu1", "2021/22", "ШНОР"), ("edu1", "2022/23", "ШНОР"), ("edu2", "2021/22", "нет")]
    old = _registry("v1.xlsx", {"edu1": "СОШ № 1", "edu2": "СОШ № 2"}, statuses)
    new = _registry("v2.xlsx", {"edu2": "СОШ № 2"}, [("edu2", "2022/23", "нет")])
    known = with_mergers(with_ended(new, [old], [MERGER]), [MERGER])
    names = {row[2]: row[5] for row in known.rows["schools"]}
    assert names == {"edu2": "СОШ № 2", "edu1": "СОШ № 1 (с 01.09.2022 — в составе школы «СОШ № 2»)"}
    assert _aliases(known)["edu1"] == "СОШ № 1"
    assert [row[2:5] for row in known.rows["school_status"]] == [
        ("edu2", "2022/23", "нет"),
        ("edu1", "2021/22", "ШНОР"),
    ]
    (entry,) = known.rows["school_mergers"]
    assert entry[1:] == ("[[merged]] № 1", "edu1", "СОШ № 1", "edu2", date(2022, 9, 1), "приказ № 5")
    assert known.findings == (), "an earlier registry could not know"


def test_a_status_after_the_merger_in_the_registry_of_today_is_a_finding_and_not_taken():
    statuses = [("edu1", "2021/22", "ШНОР"), ("edu1", "2022/23", "ШНСУ"), ("edu1", "2023/24", "нет")]
    known = with_mergers(_registry("v2.xlsx", {"edu1": "СОШ № 1", "edu2": "СОШ № 2"}, statuses), [MERGER])
    (finding,) = known.findings
    assert (finding.rule, finding.severity, finding.value) == ("merged_school", Severity.ATTENTION, "ШНСУ")
    assert finding.place == "лист Статус, строка 3"
    assert [row[3] for row in known.rows["school_status"]] == ["2021/22", "2023/24"]


def test_an_entry_about_schools_that_nobody_knows_changes_nothing_and_is_named():
    known = with_mergers(_registry("v2.xlsx", {"edu1": "СОШ № 1", "edu3": "СОШ № 3"}), [MERGER])
    (finding,) = known.findings
    assert (finding.file, finding.place, finding.value) == ("data/schools.toml", "[[merged]] № 1", "edu2")
    assert (finding.severity, "«into»" in finding.explanation) == (Severity.BLOCKS, True)
    assert known.rows["school_mergers"] == ()
    assert known.rows["schools"][0][5] == "СОШ № 1"


def test_a_form_that_came_for_the_year_of_the_merger_is_the_schools_own():
    assert last_report_years([MERGER], set()) == {"edu1": 2021}
    assert last_report_years([MERGER], {("edu1", 2022), ("edu2", 2022)}) == {"edu1": 2022}
