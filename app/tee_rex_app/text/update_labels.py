"""Words about updates."""

from __future__ import annotations

from tee_rex import __version__
from tee_rex.updates.client import UpdateReport, UpdateState
from tee_rex.updates.installed import InstallKind
from tee_rex_app.model.updates import UpdateNews, Updates, UpdateStage
from tee_rex_app.text import formats
from tee_rex_app.text.translation import tr, translated


def state_of(updates: Updates, *, busy: bool) -> tuple[str, str]:
    """What is known, or done at the moment: a statement, and a sentence or nothing. busy: something runs."""
    report, running = updates.report, __version__ if updates.report is None else updates.report.running
    if not updates.available:
        return tr("This build has no update source"), tr("Look for a newer version where you got this one.")
    problem = updates.problem
    if problem is not None:
        title, told = translated(problem.title), [translated(problem.message), translated(problem.hint)]
        if updates.failure is None:
            title, told = tr("The update was not installed when you quit"), [f"{title}.", *told]
        if report is not None and updates.is_state(UpdateState.READY, UpdateState.INSTALLED):
            told.append(f"{_of_report(updates, report)[0]}.")
        return title, " ".join(filter(None, told))
    match updates.stage:
        case UpdateStage.CHECKING:
            return tr("Checking for updates"), _slow(updates)
        case UpdateStage.FETCHING:
            version = tr("an update") if report is None else f"TEE-Rex {report.newest}"
            return tr("Getting {version} ready").format(version=version), _progress(updates, busy=busy)
        case UpdateStage.INSTALLING:
            return tr("Installing"), _slow(updates)
    if report is None:
        return tr("You have TEE-Rex {version}").format(version=running), ""
    if not report.newest:
        return (
            tr("You have TEE-Rex {version}").format(version=running),
            tr("The update source has no release for this system."),
        )
    return _of_report(updates, report)


def news(updates: Updates, kind: UpdateNews) -> tuple[str, str]:
    """The title and text of what is said above every page."""
    report = updates.report
    newest = "" if report is None else report.newest
    match kind:
        case UpdateNews.QUESTION:
            return tr("Should TEE-Rex check for updates?"), who_learns_what(updates)
        case UpdateNews.WENT_BACK:
            return _went_back(updates.failed_version, __version__ if report is None else report.running)
        case UpdateNews.FAILED:
            problem = updates.problem
            title = "" if problem is None else f"{translated(problem.title)}."
            if updates.failure is None:
                return tr("The update was not installed when you quit"), title
            return tr("The update failed"), title
        case _ if report is not None:
            return _of_report(updates, report)
        case _:
            return newest, ""


def what_a_check_tells(updates: Updates) -> str:
    """What a check does, and what the update source learns."""
    also = tr(
        "A check also fetches which provers and enclave builds were added or revoked. No release is"
        " downloaded until you say so."
    )
    return f"{who_learns_what(updates)} {also}"


def who_learns_what(updates: Updates) -> str:
    """What the update source learns of a check."""
    return tr(
        "At each start and once a day, TEE-Rex asks {host} for the newest release. That server learns your IP"
        " address and nothing about your proofs."
    ).format(host=updates.host)


def last_check(updates: Updates) -> str:
    """When the source last answered."""
    if updates.checked is None:
        return tr("Never checked.")
    return tr("Last checked: {time}.").format(time=formats.day_and_time(updates.checked))


def _of_report(updates: Updates, report: UpdateReport) -> tuple[str, str]:
    newest, running = report.newest, report.running
    runs = tr("You have {version}.").format(version=running)
    match report.state:
        case UpdateState.CURRENT:
            return tr("TEE-Rex {version} is the newest release").format(version=running), ""
        case UpdateState.AHEAD:
            return (
                tr("The newest release is TEE-Rex {version}").format(version=newest),
                tr("You have {version}, which may have been withdrawn. Wait for a newer one.").format(
                    version=running
                ),
            )
        case UpdateState.INSTALLED:
            return (
                tr("TEE-Rex {version} is installed").format(version=newest),
                tr("It starts the next time you open TEE-Rex."),
            )
        case _ if report.failed_before:
            return _went_back(newest, running)
        case UpdateState.READY if updates.on_quit:
            return (
                tr("TEE-Rex {version} will be installed when you quit").format(version=newest),
                runs,
            )
        case UpdateState.READY:
            told = tr("It was downloaded and verified, and it starts on this computer.")
            return tr("TEE-Rex {version} is ready to install").format(version=newest), f"{told} {runs}"
        case _:
            how = advice(updates.installed_by)
            if report.download_bytes:
                how = tr("Download: {size}.").format(size=formats.megabytes(report.download_bytes))
            return tr("TEE-Rex {version} is available").format(version=newest), f"{runs} {how}"


def advice(kind: InstallKind) -> str:
    """How people get a newer version of what TEE-Rex does not install itself."""
    if kind is InstallKind.PYTHON:
        return tr("Upgrade the Python package the way you installed it.")
    return tr("Download it where you got this version.")


def _went_back(failed: str, running: str) -> tuple[str, str]:
    return (
        tr("TEE-Rex {version} did not start").format(version=failed),
        tr("TEE-Rex {version} is back in its place. A report helps us fix it.").format(version=running),
    )


def _slow(updates: Updates) -> str:
    if not updates.slow:
        return ""
    return tr(
        "This is taking longer than usual. Another TEE-Rex may be updating; this one will continue after it."
    )


def _progress(updates: Updates, *, busy: bool) -> str:
    task = updates.progress
    if task is None:
        return _slow(updates)
    if busy and task.task == "update.download" and task.done == task.total:
        return tr("Downloaded. It will be unpacked when the current work is done.")
    if task.task == "update.unpack" and task.done == task.total:
        return tr("Trying it out")
    return formats.task_text(task)
