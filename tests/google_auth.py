"""google-auth, kept from asking Google itself in the background."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from google.auth.credentials import CredentialsWithRegionalAccessBoundary


@contextmanager
def without_lookups() -> Iterator[None]:
    """As long as this lasts, googleapis.com is not asked in which regions an account may be used."""
    lookup = "_maybe_start_regional_access_boundary_refresh"
    with mock.patch.object(CredentialsWithRegionalAccessBoundary, lookup, return_value=None):
        yield
