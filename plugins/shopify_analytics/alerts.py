"""Tell operators when something begins to be wrong and when it is over, and nothing in between.

What is wrong follows from the run ledger alone, so that every check comes to the same: the one that ends each
run, and those of the DAG ``shopify_watch`` in between. A check never fails the run that it ends.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from shopify_analytics import config, incidents, ledger
from shopify_analytics.alert_channels import Channel, channels, reason
from shopify_analytics.alert_text import WORDS, message
from shopify_analytics.attempt import describe
from shopify_analytics.config import Folders, Settings
from shopify_analytics.database import connect, get_metadata, now, transaction
from shopify_analytics.errors import SyncError
from shopify_analytics.incidents import BEGUN, Alert, Incident

NOTHING: Mapping[str, str] = MappingProxyType({})
UNREMEMBERED = "Alerts cannot be remembered, so they come with every check: %s"

log = logging.getLogger(__name__)


def check(db: sqlite3.Connection, run_id: str, also: Mapping[str, str] = NOTHING) -> None:
    """Open and close incidents by what the ledger says now, and send what is to be sent.

    :param run_id: the run that the alerts lead to.
    :param also: what is wrong, by kind of incident, should the ledger not know it.
    """
    longest_age = _longest_age()
    try:
        with transaction(db):
            found = incidents.troubles(db, longest_age) | dict(also)
            changed = incidents.update(db, found, run_id)
        for incident in changed:
            _log(incident)
        _send_all(db)
    except sqlite3.Error as error:
        _tell_unstored(db, longest_age, run_id, also, error)


def check_anew(folders: Folders, run_id: str, also: Mapping[str, str] = NOTHING) -> None:
    """The same with the database opened here; alerts without it when it cannot be opened."""
    try:
        with connect(folders.database) as db:
            check(db, run_id, also)
    except (SyncError, sqlite3.Error, OSError) as error:
        log.warning(UNREMEMBERED, describe(error))
        _tell(also, run_id, shop=None)


def check_between_runs(folders: Folders) -> str:
    """The same when no run has just ended; return what is wrong in one line.

    :raises SyncError: when the database cannot be used.
    """
    if not folders.database.exists():
        return f"There is no database {folders.database} yet"
    with connect(folders.database) as db:
        run_id = ledger.latest_run(db)
        if run_id is None:
            return "No sync has been started yet"
        check(db, run_id)
        said = ", ".join(WORDS[kind].begun for kind in sorted(incidents.open_kinds(db)))
        return f"{said or 'All is well'}; the newest data is of {ledger.data_as_of(db) or 'no time'}"


def _longest_age() -> timedelta:
    try:
        return config.alert_data_age()
    except SyncError as error:
        log.warning("%s. Until then it is %s", error, Settings.alert_data_age)
        return Settings.alert_data_age


def _log(incident: Incident) -> None:
    words = WORDS[incident.kind]
    if incident.ended_at:
        log.info("Alert over: %s", words.over)
    else:
        log.warning("Alert: %s. %s. %s", words.begun, incident.detail, words.next_step)


def _send_all(db: sqlite3.Connection) -> None:
    if not incidents.anything_to_tell(db):
        return
    shop = get_metadata(db, "shop.name")
    for channel in channels():
        for alert in incidents.alerts_to_send(db, channel.name):
            if incidents.claim(db, alert) and not _send(db, channel, alert, shop):
                break


def _send(db: sqlite3.Connection, channel: Channel, alert: Alert, shop: str | None) -> bool:
    incident = alert.incident
    run_id = incident.run_id if alert.moment == BEGUN else incident.ended_run_id
    log_file = db.execute("SELECT log_file FROM sync_runs WHERE run_id = ?", (run_id,)).fetchone()
    sent = _deliver(channel, incident, alert.moment, shop, log_file[0] if log_file else None)
    incidents.settle(db, alert, sent=sent)
    return sent


def _deliver(
    channel: Channel, incident: Incident, moment: str, shop: str | None, run_log: str | None
) -> bool:
    """Whether it was sent; a failure, of whatever kind, is a warning and no more."""
    try:
        channel.send(message(incident, moment, shop, run_log))
    except Exception as error:
        log.warning(
            "An alert could not be sent through the connection %s, the next check tries again: %s",
            channel.connection,
            reason(error),
        )
        return False
    return True


def _tell_unstored(
    db: sqlite3.Connection,
    longest_age: timedelta,
    run_id: str,
    also: Mapping[str, str],
    error: sqlite3.Error,
) -> None:
    """Tell of what began since alerts could last be remembered; with every check, rather than never."""
    log.warning(UNREMEMBERED, describe(error))
    found = dict(also)
    shop = None
    try:
        found = incidents.troubles(db, longest_age) | found
        shop = get_metadata(db, "shop.name")
        for kind in incidents.open_kinds(db):
            found.pop(kind, None)
    except sqlite3.Error:
        log.warning("The run ledger cannot be read either")
    _tell(found, run_id, shop)


def _tell(found: Mapping[str, str], run_id: str, shop: str | None) -> None:
    started = [Incident(kind, detail, run_id, now()) for kind, detail in found.items()]
    for incident in started:
        _log(incident)
    if started:
        for channel in channels():
            for incident in started:
                _deliver(channel, incident, BEGUN, shop, None)
