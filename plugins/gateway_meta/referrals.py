"""How a person came to us: a link, an ad, a plugin, a product."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from gateway.api import ProductReference, Referral
from gateway_meta import wire

Kind: TypeAlias = Literal["ad", "post", "link", "plugin", "product", "other"]

_SOURCES: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "ADS": "ad",
        "SHORTLINK": "link",
        "MESSENGER_CODE": "link",
        "CUSTOMER_CHAT_PLUGIN": "plugin",
    }
)
_NO_AD: Final = wire.AdsContext()


def _text(value: wire.Id | None) -> str | None:
    return None if value is None else str(value)


def _kind(referral: wire.Referral) -> Kind:
    told = _SOURCES.get((referral.source or "").upper())
    if told is not None:
        return told
    if referral.ad_id is not None:
        return "ad"
    return "product" if referral.product else "other"


def referral(referral: wire.Referral) -> Referral:
    """Return a referral in our words."""
    ad = referral.ads_context_data or _NO_AD
    product_id = referral.product.id if referral.product else ad.product_id
    # What Meta calls video_url is a picture out of the film.
    film = ad.video_url is not None
    return Referral(
        source=_kind(referral),
        source_id=_text(referral.ad_id if referral.ad_id is not None else ad.post_id),
        source_url=referral.referer_uri,
        reference=referral.ref or None,
        headline=ad.ad_title,
        media_type="video" if film else "image" if ad.photo_url else None,
        media_url=ad.photo_url,
        thumbnail_url=ad.video_url,
        product_id=_text(product_id),
    )


def product(referral: wire.Referral | None) -> ProductReference | None:
    """Return the product that a message was written from, if it was."""
    found = referral.product.id if referral and referral.product else None
    return None if found is None else ProductReference(product_id=str(found))
