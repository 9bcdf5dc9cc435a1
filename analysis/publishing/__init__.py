"""Turns the report sources into a site of web pages, PDF and DOCX; knows nothing of schools."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from analysis.errors import reason
from analysis.files.memory import Progress
from analysis.files.storage import only_one_at_work, recover_folder, replace_folder
from analysis.publishing.source import PublishingError
from analysis.publishing.state import (
    KINDS,
    SITE_RECORD,
    Output,
    Plan,
    Request,
    copy_kept,
    document_keys,
    make_plan,
    output_key,
    output_name,
    outputs_found,
    read_state,
    write_state,
)

__all__ = ["PublishingError", "Request", "publish"]

_DEEP = 3  # «2021/data/tbl-findings.csv»


def publish(
    reports: Path,
    request: Request,
    *,
    progress: Progress,
    site: Path | None = None,
    before: Callable[[], None] | None = None,
) -> list[Path]:
    """Publishes documents. The site is replaced whole; if anything fails, it stays as it was.

    Args:
        reports: The folder of the report sources, with `_quarto.yml`.
        request: What is to be published.
        progress: Is told, in Russian, what is being done.
        site: The folder of the site, on the disk of the sources; by default `_site` beside them.
        before: Is called before anything of the site changes; an error in it leaves the site as it was.

    Returns:
        The files of the site that the request asked for, made now or found unchanged.

    Raises:
        PublishingError: The sources cannot be published; the message says where and what to do.
    """
    from analysis.publishing.source import read_project

    reports = reports.resolve()
    site = reports / "_site" if site is None else site.resolve()
    read_project(reports)
    with only_one_at_work(reports / "_site.lock"):
        _clean_up(reports, site)
        requested = {document: _kinds(reports, document, request.formats) for document in request.documents}
        _bring_up_to_date(reports, site, requested, request, progress, before)
        return [site / output_name(name, kind) for name, kinds in requested.items() for kind in kinds]


def _bring_up_to_date(
    reports: Path,
    site: Path,
    requested: Mapping[str, tuple[str, ...]],
    request: Request,
    progress: Progress,
    before: Callable[[], None] | None,
) -> None:
    """Makes what is asked for and not there as it would be made today; what is stale and not asked for goes."""
    from analysis.publishing.engines import Job, choose_engine

    render, version = choose_engine(request.engine, progress)
    keys = document_keys(reports, {*_documents(reports), *requested}, version, request.fixed_date)
    found = outputs_found(read_state(reports / SITE_RECORD), site)
    plan = make_plan(requested, keys, found, request.later)
    for name in sorted(plan.withdraw):
        progress.say(f"{name}: снято с сайта, потому что устарело, а заново не заказано")
    if plan.make or plan.withdraw:
        job = Job(plan, request.fixed_date, progress, before or (lambda: None), reports)
        _replace_site(reports, site, plan, found, lambda sources, new: render(sources, new, job))
    else:
        progress.say("отчёты без изменений")


def _clean_up(reports: Path, site: Path) -> None:
    """Removes leftovers of killed runs; the lock shows that none of them is alive."""
    recover_folder(site)
    for leftover in reports.parent.glob(f".{reports.name}-staging-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _documents(reports: Path) -> list[str]:
    """Finds the documents at the top and in the folders of editions, whose names begin with no underscore."""
    paths = [*reports.glob("[!_.]*.qmd"), *reports.glob("[!_.]*/[!_.]*.qmd")]
    return sorted(path.relative_to(reports).as_posix() for path in paths)


def _kinds(reports: Path, document: str, asked: Sequence[str]) -> tuple[str, ...]:
    """Returns the requested formats of a document that its front matter allows."""
    from analysis.publishing.source import formats, front_matter

    return tuple(kind for kind in formats(front_matter(reports, document)) if kind in asked)


def _replace_site(
    reports: Path,
    site: Path,
    plan: Plan,
    found: Mapping[str, Output],
    render: Callable[[Path, Path], Mapping[str, list[str]]],
) -> None:
    """Builds the whole new site beside the old one, then swaps them."""
    from analysis.publishing.source import settle_links

    possible = frozenset(output_name(name, kind) for name in _documents(reports) for kind in KINDS)
    kept = {name: found[name] for name in plan.keep}
    try:
        with tempfile.TemporaryDirectory(prefix=f".{reports.name}-staging-", dir=reports.parent) as staging:
            sources, new = Path(staging) / reports.name, Path(staging) / "site"
            ignored = shutil.ignore_patterns("_site*", ".*")
            shutil.copytree(reports, sources, ignore=ignored, copy_function=partial(_take_along, reports))
            copy_kept(kept.values(), site, new)
            files = render(sources, new)
            links = settle_links(new, files, possible | plan.withdraw)
            replace_folder(new, site)
            made = {name: _made(name, plan, files[name], links.get(name, ())) for name in files}
            write_state(reports / SITE_RECORD, kept | made, site)
    except OSError as error:
        advice = "Прежний сайт остался на месте. Закройте его открытые файлы, проверьте место на диске и повторите."
        raise PublishingError(f"Не удалось записать сайт {site}: {_reason(error)}. {advice}") from error


def _take_along(reports: Path, source: str, target: str) -> None:
    """Copies a source, or links it where it lies deep in an edition: a build made it, no cell has to write there.

    Not on Windows: there a link to a file that is open in Excel could not be removed again.
    """
    is_deep = len(Path(source).relative_to(reports).parts) >= _DEEP
    try:
        if os.name == "nt" or not is_deep or Path(source).is_symlink():
            shutil.copyfile(source, target)
        else:
            os.link(source, target)
    except OSError:  # not every disk has links
        shutil.copyfile(source, target)


def _made(name: str, plan: Plan, files: Sequence[str], links: tuple[str, ...]) -> Output:
    return Output(output_key(name, plan.make[name], plan.make.keys() | plan.keep, links), tuple(files), links)


def _reason(error: OSError) -> str:
    """Returns the reason in one line. Copying a folder repeats the reason for every file that failed."""
    many = error.args[0] if isinstance(error, shutil.Error) else []
    return str(many[0][-1]) if many else reason(error)
