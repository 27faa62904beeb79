"""JSON as a store sends it and as it is staged."""

from __future__ import annotations

import gc
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopify_analytics.json_text import decode, decode_lines, encode

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(codec=None)) | st.sampled_from(["half \ud83e", "\u2028", "\x00", "茶 🫖"])
VALUES = st.recursive(
    SCALARS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(value=VALUES)
def test_any_value_is_one_line_that_says_the_same(value: Any) -> None:
    line = encode(value)
    assert b"\n" not in line
    assert decode(line) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"subtotal": 22.05}', {"subtotal": 22.05}),
        (b"[9223372036854775808, 1180591620717411303424]", [2**63, 2**70]),
        (b'"half \\ud83e"', "half \ud83e"),
        (b"[1e999]", [math.inf]),
        ('"茶"'.encode(), "茶"),
    ],
)
def test_what_a_store_may_send_is_read(text: bytes, value: Any) -> None:
    assert decode(text) == value


def test_what_is_no_number_is_let_through_for_its_record_to_be_refused() -> None:
    (value,) = decode(b"[NaN]")
    assert math.isnan(value)


@pytest.mark.parametrize("text", [b"", b"{", b"[1] more", b"<html>", b"\xff", b'{"orders": ['])
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(text)


def test_lines_are_decoded_one_by_one_where_a_line_needs_patience() -> None:
    assert decode_lines(b'{"a": 1}\n[2]\n') == [{"a": 1}, [2]]
    assert decode_lines(b'{"a": 1}\n"\\ud83d"\n') == [{"a": 1}, "\ud83d"]
    assert decode_lines(b"") == []
    with pytest.raises(ValueError, match="Expecting"):
        decode_lines(b'{"a": 1}\n{')


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_is_as_it_was_after_good_and_bad_text(enabled: bool) -> None:
    was_enabled = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        decode(b"[1]")
        with pytest.raises(ValueError, match="Expecting"):
            decode(b"[")
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if was_enabled else gc.disable)()
