"""The settings of a project that collects the facts of one year, and days before and after its cutoff."""

from datetime import date

ON_TIME, LATER, LATE = date(2022, 1, 20), date(2022, 1, 25), date(2022, 2, 10)
PROJECT = """
[project]
city = "город Светлый"
publisher = "Управление"
contact = ""
site_url = ""
editions = [2021]
[roadmap]
file = "data/raw/roadmap.txt"
largest_plausible_count = 1000
[collection]
municipal = ["УО"]
schools = "ОО"
"""
