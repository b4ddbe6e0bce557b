"""A person who writes to a page or account: each verb is a happening, ready to be posted.

And who is written to: what arrived is in the ``inbox``, and a script may answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from random import Random
from typing import Any, Final, TypeAlias

from gateway.testing.delivery import Clock
from gateway.testing.meta import ids
from gateway.testing.meta.account import Business
from gateway.testing.meta.body import Happening, Json
from gateway.testing.meta.files import Files
from gateway.testing.meta.sent import Sent, Timing

WINDOW: Final = timedelta(hours=24)
HUMAN_WINDOW: Final = timedelta(days=7)
"""Source: Meta, Messenger Platform, "Send messages"."""

THUMB: Final = 369239263222822

Script: TypeAlias = "Callable[[Sent], Happening | Iterable[Happening] | None]"
"""What a contact answers to a message of ours."""


class Contact:
    """One person as one page or account knows them.

    Attributes:
        business: Whom they write to.
        id: Page-scoped or Instagram-scoped.
        name: As they call themselves.
        username: On Instagram.
        picture_url: Of their profile.
        inbox: What was delivered to them, in that order.
        script: Answers what is delivered; None to stay silent.
        timing: How fast things become of their messages; None for the platform's usual.
        reachable: Whether they can be reached at all: 551 otherwise.
        shows_profile: Whether their profile may be seen.
        opened_at: When they last opened the window, in seconds since 1970; None for never.
        opted_in: References of checkboxes they ticked.
        tokens: Of their subscriptions to marketing.
        comments: When they wrote comments, by the comment's id.
        controls: What was asked about who holds their conversation: the edge, and with what.
        live_comments: Those of them that were written during a broadcast.
        seen: How often the gateway marked their messages as read.
        typing_shown: How often the gateway showed that it is typing.
        reactions: What the gateway put on messages, by the message's id.
    """

    def __init__(
        self,
        *,
        business: Business,
        name: str,
        username: str | None,
        random: Random,
        clock: Clock,
        files: Files,
    ) -> None:
        self.business = business
        self.id = ids.digits(random)
        self.name = name
        self.username = username
        self.picture_url = f"https://scontent.xx.fbcdn.net/{self.id}.jpg"
        self.inbox: list[Sent] = []
        self.script: Script | None = None
        self.timing: Timing | None = None
        self.reachable = True
        self.shows_profile = True
        self.opened_at: float | None = None
        self.opted_in: set[str] = set()
        self.tokens: set[str] = set()
        self.comments: dict[str, float] = {}
        self.live_comments: set[str] = set()
        self.controls: list[tuple[str, dict[str, Any]]] = []
        self.seen = 0
        self.typing_shown = 0
        self.reactions: dict[str, str] = {}
        self.written: set[str] = set()
        self._random = random
        self._clock = clock
        self._files = files

    def window_open(self, length: timedelta = WINDOW) -> bool:
        """Whether messages may be sent to them now."""
        if self.opened_at is None:
            return False
        return self._clock() < self.opened_at + length.total_seconds()

    # Messages.

    def writes(self, text: str, *, reply_to: str | None = None, **more: Json) -> Happening:
        """Write a text; ``more`` goes into the message as it is (``referral``, ``quick_reply`` …)."""
        quoted = {"reply_to": {"mid": reply_to}} if reply_to else {}
        return self.sends(text=text, **quoted, **more)

    def sends_file(self, kind: str, data: bytes, mime_type: str, *, text: str = "") -> Happening:
        """Send an ``image``, ``video``, ``audio`` or ``file``, with a text or without."""
        attachment = {"type": kind, "payload": {"url": self._files.address(data, mime_type)}}
        return self.sends(attachments=[attachment], **({"text": text} if text else {}))

    def sends_sticker(self) -> Happening:
        """Send a thumb, or on Instagram a heart."""
        url = self._files.address(b"RIFF", "image/webp")
        if self.business.channel == "instagram":
            return self.sends(attachments=[{"type": "like_heart", "payload": {"url": url}}])
        payload = {"url": url, "sticker_id": THUMB}
        return self.sends(attachments=[{"type": "sticker", "payload": payload}])

    def shares(self, kind: str, url: str, *, title: str | None = None) -> Happening:
        """Share a ``post``, ``ig_post``, ``reel``, ``ig_reel`` or ``fallback``."""
        payload = {"url": url, **({"title": title} if title else {})}
        return self.sends(attachments=[{"type": kind, "payload": payload}])

    def answers_story(self, text: str, *, story_id: str = "1799") -> Happening:
        """Answer a story of ours (Instagram)."""
        url = self._files.address(b"story", "image/jpeg")
        return self.sends(text=text, reply_to={"story": {"id": story_id, "url": url}})

    def mentions_in_story(self) -> Happening:
        """Name us in a story of theirs (Instagram)."""
        url = self._files.address(b"story", "image/jpeg")
        return self.sends(attachments=[{"type": "story_mention", "payload": {"url": url}}])

    def taps_quick_reply(self, payload: str, title: str) -> Happening:
        """Tap a quick reply."""
        return self.sends(text=title, quick_reply={"payload": payload})

    def sends_unsupported(self) -> Happening:
        """Send something the platform does not hand out."""
        return self.sends(is_unsupported=True)

    def sends(self, **message: Json) -> Happening:
        """Send a message of any form, known or not, whole or broken."""
        mid = ids.message_id(self._random)
        self.written.add(mid)
        return self._opens("message", {"mid": mid, **message}, known_as=mid)

    # Taps and signs.

    def taps(self, payload: str, title: str, **more: Json) -> Happening:
        """Tap a button of a template, the menu, an ice breaker or Get Started."""
        mid = ids.message_id(self._random)
        postback = {"mid": mid, "title": title, "payload": payload, **more}
        return self._opens("postback", postback, known_as=mid)

    def reacts(self, message_id: str, emoji: str | None) -> Happening:
        """Put an emoji on a message, or take it away."""
        reaction: dict[str, Json] = {"mid": message_id, "action": "react" if emoji else "unreact"}
        if emoji is None:
            return self._does("reaction", reaction)
        return self._opens("reaction", {**reaction, "reaction": "other", "emoji": emoji})

    def edits(self, message_id: str, text: str, *, number: int = 1) -> Happening:
        """Change the text of a message."""
        edit = {"mid": message_id, "text": text, "num_edit": number}
        return self._does("message_edit", edit)

    def unsends(self, message_id: str) -> Happening:
        """Take a message back (Instagram)."""
        return self._does("message", {"mid": message_id, "is_deleted": True})

    def clicks_link(self, reference: str) -> Happening:
        """Come by a link into the conversation."""
        link = {"ref": reference, "source": "SHORTLINK", "type": "OPEN_THREAD"}
        return self._opens("referral", link)

    def links_account(self, code: str) -> Happening:
        """Link their account with one of ours."""
        return self._does("account_linking", {"status": "linked", "authorization_code": code})

    # Consent.

    def ticks_checkbox(self, user_ref: str, *, reference: str = "form") -> Happening:
        """Tick the checkbox of the plugin, before they ever wrote: nobody knows who it is."""
        self.opted_in.add(user_ref)
        item = {
            "recipient": {"id": self.business.id},
            "timestamp": self._now(),
            "optin": {"ref": reference, "user_ref": user_ref},
        }
        return self._happened(item, f"optin:{user_ref}")

    def subscribes(self, topic: str = "News") -> Happening:
        """Want marketing messages."""
        token = ids.token(self._random, 20)
        self.tokens.add(token)
        return self._does("optin", self._subscription(topic, token))

    def unsubscribes(self, topic: str = "News") -> Happening:
        """Want no more of them."""
        token = self.tokens.pop()
        stopped = {"notification_messages_status": "STOP NOTIFICATIONS"}
        return self._does("optin", {**self._subscription(topic, token), **stopped})

    def _subscription(self, topic: str, token: str) -> dict[str, Json]:
        return {
            "type": "notification_messages",
            "notification_messages_token": token,
            "token_expiry_timestamp": self._now() + 31_536_000_000,
            "user_token_status": "NOT_REFRESHED",
            "title": topic,
            "payload": topic.upper(),
        }

    # Comments.

    def comments_on_post(self, text: str) -> Happening:
        """Write a comment on a post, which opens the window of Messenger."""
        comment = f"{ids.digits(self._random)}_{ids.digits(self._random, 6)}"
        self.comments[comment] = self._clock()
        if self.business.channel == "messenger":
            self.opened_at = self._clock()
            value = {
                "item": "comment",
                "verb": "add",
                "comment_id": comment,
                "message": text,
                "from": {"id": self.id, "name": self.name},
            }
            return self._happened(value, comment, field="feed", list="changes")
        author = {"id": self.id, "username": self.username}
        value = {"id": comment, "text": text, "from": author, "media": {"id": "1790"}}
        flat = self.business.login == "instagram"
        return self._happened(value, comment, field="comments", list="flat" if flat else "changes")

    def comments_on_broadcast(self, text: str) -> Happening:
        """Write a comment while the account broadcasts live (Instagram)."""
        comment = ids.digits(self._random)
        self.comments[comment] = self._clock()
        self.live_comments.add(comment)
        author = {"id": self.id, "username": self.username}
        value = {"id": comment, "text": text, "from": author, "media": {"id": "1791"}}
        flat = self.business.login == "instagram"
        kind = "flat" if flat else "changes"
        return self._happened(value, comment, field="live_comments", list=kind)

    # What becomes of what is sent to them.

    def gets(self, sent: Sent, *, named: bool = True) -> Happening:
        """Have a message on their phone (Messenger tells so)."""
        names = {"mids": [sent.id]} if named else {}
        delivery = {**names, "watermark": _sent_at(sent)}
        return self._does("delivery", delivery, known_as=f"{sent.id}:delivered")

    def reads(self, sent: Sent) -> Happening:
        """Read: of Messenger everything until this message, of Instagram it alone."""
        instagram = self.business.channel == "instagram"
        told = {"mid": sent.id} if instagram else {"watermark": _sent_at(sent)}
        return self._does("read", told, known_as=f"{sent.id}:read")

    def hears(self, sent: Sent, app_id: str) -> Happening:
        """Have the message come back to the gateway as an echo."""
        echo = {"mid": sent.id, "is_echo": True, **self._shown(sent.message)}
        if self.business.channel == "messenger":
            echo |= {"app_id": int(app_id)}
        item = {
            "sender": {"id": self.business.id},
            "recipient": {"id": self.id},
            "timestamp": self._now(),
            "message": echo,
        }
        return self._happened(item, f"{sent.id}:echo")

    def _shown(self, message: dict[str, Json]) -> dict[str, Json]:
        found: dict[str, Json] = {
            key: message[key] for key in ("text", "metadata") if key in message
        }
        if "attachment" in message:
            found["attachments"] = [message["attachment"]]
        return found

    def _opens(self, key: str, part: dict[str, Json], *, known_as: str = "") -> Happening:
        self.opened_at = self._clock()
        return self._does(key, part, known_as=known_as)

    def _does(self, key: str, part: dict[str, Json], *, known_as: str = "") -> Happening:
        item = {
            "sender": {"id": self.id},
            "recipient": {"id": self.business.id},
            "timestamp": self._now(),
            key: part,
        }
        return self._happened(item, known_as or f"{key}:{ids.token(self._random, 8)}")

    def _happened(self, item: dict[str, Json], known_as: str, **more: Any) -> Happening:
        at = self._now()
        return Happening(business=self.business, item=item, at=at, known_as=known_as, **more)

    def _now(self) -> int:
        return int(self._clock() * 1000)


def _sent_at(sent: Sent) -> int:
    """Return what a watermark says: recorded ones are the time of the message, not of the tap."""
    return int(sent.at * 1000)
