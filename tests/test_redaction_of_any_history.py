"""Whatever a shop has been through, a redaction leaves its figures as they were."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shopify_analytics.aggregates import rebuild
from shopify_analytics.errors import RedactionRefused
from shopify_analytics.redaction import redact_customer

from tests.demo_store.records import FIRST_CUSTOMER_ID, FIRST_ORDER_ID, SHOP
from tests.syncing import short_lived_database
from tests.test_aggregates import Batch, batches, derived


@settings(deadline=None, max_examples=25)
@given(
    history=st.lists(batches(), min_size=1, max_size=4),
    later=st.lists(batches(), max_size=2),
    number=st.integers(1, 3),
    named=st.sets(st.integers(1, 6), max_size=2),
)
def test_after_any_history_no_figure_changes_and_increments_come_to_a_rebuild(
    history: list[Batch], later: list[Batch], number: int, named: set[int]
) -> None:
    with short_lived_database(SHOP) as syncs:
        for batch in history:
            syncs.load(**vars(batch))
        before = derived(syncs.db)
        try:
            orders = {FIRST_ORDER_ID + order_number for order_number in named}
            redact_customer(syncs.db, [syncs.folder], syncs.folder, FIRST_CUSTOMER_ID + number, orders)
        except RedactionRefused:
            assume(False)
        assert derived(syncs.db) == before
        for batch in later:
            syncs.load(**vars(batch))
        kept = derived(syncs.db)
        rebuild(syncs.db, syncs.folder)
        assert derived(syncs.db) == kept
