"""Who a visitor is, and whose history they see."""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode as encoded
from collections.abc import Callable
from hashlib import sha256
from hmac import new
from typing import Any

import aiohttp
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization import PublicFormat as Public

from gateway.api import ContactUpdated, MessageReceived, Secrets, Text
from gateway_webchat.sessions import Refused, Session, Sessions
from tests.plugins.webchat.site import ACCOUNT, SITE, OpenSite, Site, text

KEY = "the host site's own secret of 32 bytes or more"
OLD_KEY = "the one before, which is still good for a while"
_PAIR = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = _PAIR.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC = _PAIR.public_key().public_bytes(Encoding.PEM, Public.SubjectPublicKeyInfo).decode()
_CURVE = ec.generate_private_key(ec.SECP256R1())
CURVE_PRIVATE = _CURVE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
CURVE_PUBLIC = _CURVE.public_key().public_bytes(Encoding.PEM, Public.SubjectPublicKeyInfo).decode()


def identity(key: str = KEY, *, algorithm: str = "HS256", **claims: Any) -> str:
    told = {"sub": "customer-4711", "aud": ACCOUNT, "exp": int(time.time()) + 600}
    return jwt.encode({**told, **claims}, key, algorithm=algorithm)


def unsigned(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "", "none")


def other_begin(text: str) -> str:
    return ("B" if text.startswith("A") else "A") + text[1:]


def known(**changes: Any) -> dict[str, Any]:
    return {"identity_key": Secrets(KEY, OLD_KEY), **changes}


async def refused(site: Site, **asked: Any) -> str:
    status, told = await site.ask("session", asked)
    assert status == 401, told
    return str(told["code"])


async def test_a_visitor_keeps_their_history_with_their_session_alone(site: Site) -> None:
    ana = await site.begin()
    await ana.post(text("mine"))
    again = await site.begin(token=ana.token)
    assert again.id == ana.id
    assert len(await again.poll()) == 1
    other = await site.begin()
    assert other.id != ana.id
    assert await other.poll() == []


@pytest.mark.parametrize("path", ["messages", "files/anything"])
async def test_without_a_session_there_is_no_history(site: Site, path: str) -> None:
    ana = await site.begin()
    content, _, signature = ana.token.partition(".")
    forged = f"{content}.{other_begin(signature)}"
    for token in ("", "nonsense", "a.b", forged, f"{other_begin(content)}.{signature}"):
        headers = {"Origin": SITE, "Authorization": f"Bearer {token}"}
        async with site.http.get(f"{site.url}/{path}", headers=headers) as response:
            assert (response.status, (await response.json())["code"]) == (401, "token_invalid")


def test_a_session_is_good_for_its_account_its_time_and_both_secrets() -> None:
    old = Sessions("one", secrets=("old secret",), identity_keys=())
    both = Sessions("one", secrets=("new secret", "old secret"), identity_keys=())
    session = Session(visitor_id="v-1", verified=False, expires=1000)
    token = old.token(session)
    assert both.read(token, 999) == session
    with pytest.raises(Refused, match="token_expired"):
        both.read(token, 1000)
    for other in (
        Sessions("two", secrets=("old secret",), identity_keys=()),
        Sessions("one", secrets=("new secret",), identity_keys=()),
    ):
        with pytest.raises(Refused, match="token_invalid"):
            other.read(token, 999)


@pytest.mark.parametrize(
    ("keys", "signing", "algorithm"),
    [
        ((KEY, OLD_KEY), KEY, "HS256"),
        ((KEY, OLD_KEY), OLD_KEY, "HS256"),
        ((PUBLIC,), PRIVATE, "RS256"),
        ((CURVE_PUBLIC,), CURVE_PRIVATE, "ES256"),
        # The kind of key is changed, too, without a gap.
        ((CURVE_PUBLIC, PUBLIC), PRIVATE, "RS256"),
        ((PUBLIC, KEY), KEY, "HS256"),
    ],
)
async def test_a_token_of_the_site_makes_the_visitor_somebody(
    open_site: OpenSite, keys: tuple[str, ...], signing: str, algorithm: str
) -> None:
    async with open_site(identity_key=Secrets(*keys)) as site:
        ana = await site.begin(identity=identity(signing, algorithm=algorithm))
        assert (ana.id, ana.told["visitor"]["verified"]) == ("customer-4711", True)
        await ana.post(text("hello"))
        (event,) = await site.events()
        assert isinstance(event, MessageReceived)
        assert event.contact.address("external") == "customer-4711"
        assert event.contact.address("visitor") is None


async def test_what_the_token_tells_is_part_of_the_contact(open_site: OpenSite) -> None:
    async with open_site(**known()) as site:
        token = identity(name="Ana", email="ana@shop.example", phone="+34 600 000 001", plan="gold")
        ana = await site.begin(identity=token)
        await ana.post(text("hello"))
        (event,) = await site.events()
        assert isinstance(event, MessageReceived)
        assert event.contact.name == "Ana"
        assert event.contact.address("email") == "ana@shop.example"
        assert event.contact.address("phone") == "34600000001"
        assert event.contact.attributes == {"plan": "gold"}


async def test_somebody_known_has_one_history_on_every_device(open_site: OpenSite) -> None:
    async with open_site(**known()) as site:
        phone = await site.begin(identity=identity())
        await phone.post(text("from the phone"))
        await site.say("customer-4711", Text(text="answered"))
        desktop = await site.begin(identity=identity())
        assert len(await desktop.poll()) == 2
        other = await site.begin(identity=identity(sub="customer-4712"))
        assert await other.poll() == []


async def test_an_anonymous_visitor_who_signs_in_is_told_of_once(open_site: OpenSite) -> None:
    async with open_site(**known()) as site:
        before = await site.begin()
        await before.post(text("who am I?"))
        for _ in range(2):
            ana = await site.begin(identity=identity(), token=before.token)
        assert await ana.poll() == []
        _, changed = await site.events()
        assert isinstance(changed, ContactUpdated)
        assert changed.contact.id == "customer-4711"
        assert (changed.change.aspect, changed.change.previous) == ("address", (before.id,))


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: identity("another secret, of 32 bytes or more, too"), "identity_invalid"),
        (lambda: identity(exp=int(time.time()) - 120), "identity_expired"),
        (lambda: identity(aud="another-account"), "identity_invalid"),
        (lambda: identity(sub=""), "identity_invalid"),
        (lambda: identity(sub="v-" + "0" * 32), "identity_invalid"),
        (lambda: jwt.encode({"sub": "x", "aud": ACCOUNT}, KEY), "identity_invalid"),
        (lambda: unsigned({"sub": "x", "aud": ACCOUNT, "exp": 1 << 40}), "identity_invalid"),
        (lambda: "nonsense", "identity_invalid"),
    ],
)
async def test_a_token_that_is_not_good_is_refused(
    open_site: OpenSite, make: Callable[[], str], code: str
) -> None:
    async with open_site(**known()) as site:
        assert await refused(site, identity=make()) == code


def test_a_public_key_is_not_taken_for_a_secret() -> None:
    sessions = Sessions(ACCOUNT, secrets=("s",), identity_keys=(PUBLIC,))
    # Made by hand: the library refuses to sign with a public key.
    head, claims = (
        encoded(each).rstrip(b"=")
        for each in (b'{"alg":"HS256"}', b'{"sub":"x","aud":"web-main","exp":9999999999}')
    )
    signature = new(PUBLIC.encode(), head + b"." + claims, sha256).digest()
    forged = b".".join((head, claims, encoded(signature).rstrip(b"="))).decode()
    with pytest.raises(Refused, match="identity_invalid"):
        sessions.identify(forged)


async def test_without_a_key_no_token_of_a_site_is_believed(site: Site) -> None:
    assert await refused(site, identity=identity()) == "identity_invalid"


async def test_anonymous_visitors_can_be_refused(open_site: OpenSite) -> None:
    async with open_site(**known(require_identity=True)) as site:
        assert await refused(site) == "identity_required"
        ana = await site.begin(identity=identity())
        # The session alone renews nothing: it ends when the site's token does.
        again = await site.begin(token=ana.token)
        assert again.told["expires"] == ana.told["expires"]


async def test_a_socket_ends_with_the_session_although_nothing_is_said(open_site: OpenSite) -> None:
    async with open_site(**known()) as site:
        ana = await site.begin(identity=identity(exp=int(time.time()) + 4))
        async with ana.socket() as socket:
            message = await socket.wire.receive(timeout=20)
            assert message.type is aiohttp.WSMsgType.CLOSE
            assert socket.wire.close_code == 4401
