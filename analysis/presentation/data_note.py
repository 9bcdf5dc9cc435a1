"""The line under a table or picture: its data files, and the code by which `analysis explain` finds its cells."""

from analysis.lineage.codes import table_code
from analysis.presentation.edition import Edition
from analysis.presentation.markdown import escape, only_in


def data_note(edition: Edition, label: str) -> str:
    """Links on the site; in a PDF or DOCX, where a relative link is dead, the names, with the address of the site."""
    site = edition.project.site_url.rstrip("/")
    address = f"{site}/{edition.calendar_year}/data/" if site else ""
    links = ", ".join(f"[{label}.{kind}](data/{label}.{kind})" for kind in ("csv", "xlsx"))
    names = ", ".join(escape(f"{address}{label}.{kind}") for kind in ("csv", "xlsx"))
    code = f"Код таблицы: {escape(table_code(label, edition.calendar_year, edition.internal))}"
    linked = only_in('when-format="html"', f"::: {{.table-note}}\nДанные: {links}. {code}\n:::")
    named = only_in('unless-format="html"', f"::: {{.table-note}}\nДанные: {names}. {code}\n:::")
    return f"{linked}\n{named}"
