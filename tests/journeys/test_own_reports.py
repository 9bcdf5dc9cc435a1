"""Reports that an analyst has written: placed one by one, published beside the annual report, for whom it is."""

import re

import pytest
from lxml import html

CAPTIONS = re.compile(r"(Рисунок|Таблица).(\d)\. (\S+ \S+)")
OWN = "reports/2021/совещание март.qmd"
SITE = "reports/_site/2021"
HEAD = """---
title: "К совещанию: план [2021]"
---

```{python}
#| include: false
from analysis.presentation.place import place
```
"""


def cell(name):
    return f'\n```{{python}}\n#| output: asis\nplace("{name}")\n```\n'


def write(folder, *placed, name=OWN, head=HEAD):
    (folder / name).write_text(head + "".join(map(cell, placed)), encoding="utf-8")


def report(run, folder, *arguments):
    return run(folder, "report", "2021", "--engine", "builtin", "--format", "html", *arguments)


def text_of(path):
    return " ".join(html.fromstring(path.read_bytes().decode()).text_content().split())


def test_a_report_of_ones_own_is_published_beside_the_annual_one(house, run):
    write(house, "fact-1", "fig-plan-1", "load", "2020/fig-plan-2")
    code, out, err = report(run, house)
    assert (code, "совещание март.html" in out) == (0, True), err
    text = text_of(house / SITE / "совещание март.html")
    assert "«План и факт задачи 1»: сведений за 2021 год нет." in text
    assert CAPTIONS.findall(text) == [
        ("Рисунок", "1", "Задача 1:"),
        ("Таблица", "1", "Исполнители 2021"),
        ("Рисунок", "2", "Задача 2:"),
    ]
    assert "Содержание" not in text  # it has no headings
    assert (house / "reports/_site/2020/figures/fig-plan-2.svg").is_file()
    assert (house / "reports/_site/2020/data/fig-plan-2.csv").is_file()
    index = html.fromstring((house / "reports/_site/index.html").read_bytes().decode())
    links = {one.text_content(): one.get("href") for one in index.iter("a")}
    assert (
        links["К совещанию: план [2021]"]
        == "2021/%D1%81%D0%BE%D0%B2%D0%B5%D1%89%D0%B0%D0%BD%D0%B8%D0%B5%20%D0%BC%D0%B0%D1%80%D1%82.html"
    )
    assert "Другие отчёты" in index.text_content()

    assert "без изменений" in report(run, house)[2]
    (house / OWN).unlink()
    code, out, err = report(run, house)
    assert code == 0
    assert "совещание март.html: снято с сайта" in err
    assert "Другие отчёты" not in (house / "reports/_site/index.html").read_text(encoding="utf-8")


def test_a_part_is_no_report(own_published, run):
    write(own_published, "load", name="reports/2021/_часть.qmd")
    code, out, _ = report(run, own_published)
    assert (code, "часть" in out) == (0, False)


@pytest.mark.parametrize(
    ("placed", "said"),
    [
        (
            ["load", "lod"],
            'строка 15: ячейка не выполнилась, строка 17 («place("lod")»): «lod»: такой '
            "таблицы, рисунка или главы в отчёте нет. Похожие: load",
        ),
        (["2019/load"], "Отчёта за 2019 год нет; есть за 2020, 2021, 2022."),
        (
            ["load", "plan", "tbl-load"],
            'строка 22: place("tbl-load") помещает «tbl-load» второй раз, первый — строка 12',
        ),
        (["executors", "load"], 'строка 17: place("load") помещает «tbl-load» второй раз, первый — строка 12'),
    ],
)
def test_a_wrong_cell_is_named_with_file_and_line(own_published, run, placed, said):
    write(own_published, *placed)
    code, _, err = report(run, own_published)
    assert code == 1
    assert OWN in err
    assert said in err
    assert "Error" not in err


def test_a_report_without_a_title_is_told_how_it_begins(own_published, run):
    write(own_published, "load", head=HEAD.replace("title:", "subtitle:"))
    code, _, err = report(run, own_published)
    assert code == 1
    assert f"{OWN}: у отчёта нет названия" in err


def test_what_is_gone_from_the_sources_is_gone_from_the_report_for_the_office(own_published, run):
    write(own_published, "load")
    code, _, err = report(run, own_published, "--audience", "internal")
    page = own_published / "output/internal/_site/2021/совещание март.html"
    assert (code, page.is_file()) == (0, True), err
    assert "Для служебного пользования" in text_of(page)
    (own_published / OWN).unlink()
    assert report(run, own_published, "--audience", "internal")[0] == 0
    assert not page.exists()


@pytest.fixture
def town(shared_town):
    return shared_town


def test_the_public_report_of_the_town_says_what_the_office_alone_has(town):
    text = text_of(town / SITE / "meeting.html")
    assert "«Темы обучения по дефицитам»: есть только в служебном отчёте." in text
    assert [kind for kind, *_ in CAPTIONS.findall(text)] == ["Таблица", "Таблица", "Таблица", "Рисунок"]


def test_the_office_has_it_whole_and_its_chains_lead_to_the_annual_report(town):
    page = html.fromstring((town / "output/internal/_site/2021/meeting.html").read_bytes().decode())
    text = page.text_content()
    assert "Темы обучения по дефицитам 2021 года" in text
    assert "есть только в служебном отчёте." not in text
    assert "Для служебного пользования" in text
    chains = {one.get("href") for one in page.iter("a") if "#chain-" in one.get("href", "")}
    assert "annex-2021.html#chain-4-2" in chains
