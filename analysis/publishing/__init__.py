"""Turns the report sources into a site of web pages, PDF and DOCX; knows nothing of schools."""

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from analysis.publishing.errors import PublishingError
from analysis.publishing.state import KINDS, Output, Plan, copy_kept, document_key, intact, output_name
from analysis.publishing.state import plan as make_plan
from analysis.publishing.state import read_state, write_state
from analysis.whole import only_one_at_work, recover_folder, replace_folder

__all__ = ["PublishingError", "publish"]

_STAGING = ".reports-staging-"


def publish(
    reports: Path,
    *,
    documents: Sequence[str],
    formats: Sequence[str],
    engine: str,
    fixed_date: date,
    progress: Callable[[str], None],
) -> list[Path]:
    """Publishes documents; the site is replaced whole or, whatever fails, stays as it was.

    Args:
        reports: The folder of the report sources, with `_quarto.yml`.
        documents: The documents, relative to it.
        formats: Some of html, pdf, docx.
        engine: auto, quarto or builtin.
        fixed_date: The date written into the files, so that the same input gives the same bytes.
        progress: Is told, in Russian, what is being done.

    Returns:
        The files of the site that the request asked for, made now or found unchanged.

    Raises:
        PublishingError: The sources cannot be published; the message says where and what to do.
    """
    from analysis.publishing.engines import choose_engine

    reports = reports.resolve()
    site, noted = reports / "_site", reports / "_site.json"
    with only_one_at_work(reports / "_site.lock"):
        _clean_up(reports)
        chosen = choose_engine(engine, progress)
        requested = {document: _formats_of(reports, document, formats) for document in documents}
        keys = {name: document_key(reports, name, chosen.version, fixed_date) for name in _all_documents(reports)}
        found = intact(read_state(noted), site)
        plan = make_plan(requested, keys, found)
        wanted = [site / output_name(document, kind) for document in requested for kind in requested[document]]
        for name in sorted(plan.withdraw):
            progress(f"{name}: снято с сайта, потому что устарело, а заново не заказано")
        if not plan.make and not plan.withdraw:
            progress("отчёты без изменений")
            return wanted
        ...
