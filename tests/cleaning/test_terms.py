"""Terms that drift and slips are named with their cells."""

from analysis.cleaning.names import watch_terms
from analysis.rules.config import Slip, Terms, Variant

CELLS = [("а", "Отбор ПНОР и ПНСУ"), ("б", "школы ШНОР"), ("в", "ПНОР,\nПНОРы"), ("г", "Отбор ПНОР и ПНСУ")]


def test_each_writing_with_its_cells_in_the_order_of_the_document():
    terms = Terms((), (Variant("низкие результаты", ("ПНОР", "ШНОР")),), ())
    found = watch_terms(CELLS, terms, "ф")
    assert [(one.value, one.places) for one in found] == [("ПНОР", ("а", "в", "г")), ("ШНОР", ("б",))]
    assert "здесь «ШНОР», в других местах «ПНОР»" in found[1].explanation


def test_one_writing_is_no_drift():
    assert watch_terms(CELLS, Terms((), (Variant("условия", ("ПНСУ", "ШНСУ")),), ()), "ф") == []


def test_the_longer_of_two_writings_counts():
    terms = Terms((), (Variant("тьюторы", ("тьюторы", "городские тьюторы")),), ())
    found = watch_terms([("а", "городские тьюторы"), ("б", "тьюторы")], terms, "ф")
    assert [(one.value, one.places) for one in found] == [("тьюторы", ("б",)), ("городские тьюторы", ("а",))]


def test_a_writing_that_begins_with_another_is_its_own():
    terms = Terms((), (Variant("курсы", ("ПК", "ПК и ПРО")),), ())
    found = watch_terms([("а", "институт ПК и ПРО"), ("б", "курсы ПК")], terms, "ф")
    assert [(one.value, one.places) for one in found] == [("ПК", ("б",)), ("ПК и ПРО", ("а",))]


def test_a_slip_is_found_across_a_line_break_but_not_inside_a_word():
    terms = Terms((), (), (Slip("профессионального мастера", "профессионального мастерства"),))
    cells = [("а", "конкурс профессионального\nмастера"), ("б", "конкурс профессионального мастерства")]
    (finding,) = watch_terms(cells, terms, "ф")
    assert finding.places == ("а",)
    assert "«профессионального мастерства»" in finding.explanation
