"""The one base of all values: frozen, keyword-only, lean on the wire."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

Json: TypeAlias = Any
"""A JSON value we do not model: what a platform sent verbatim, or a form's free answer."""


class Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A frozen value; fields that hold their default are left out on the wire.

    ``gc=False`` keeps millions of short-lived values out of the collector's sight: values only
    ever point downwards, so they cannot form a cycle.
    """
