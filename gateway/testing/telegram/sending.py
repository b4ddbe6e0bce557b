"""Messages of the bot's: taken or refused, with the platform's rules.

Source: Telegram Bot API, "Available methods".
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from random import Random
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from gateway.testing.delivery import Clock
from gateway.testing.telegram import markup
from gateway.testing.telegram.call import Call
from gateway.testing.telegram.chats import Chat, Chats, Json, Sent, Update
from gateway.testing.telegram.errors import bad
from gateway.testing.telegram.files import FileShelf
from gateway.testing.telegram.flood import Flood
from gateway.testing.telegram.people import Connection

Method: TypeAlias = Callable[[Call], Any]

LONGEST_TEXT: Final = 4096
LONGEST_CAPTION: Final = 1024
DICE: Final = MappingProxyType({"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64})
ACTIONS: Final = frozenset(
    {
        *("typing", "upload_photo", "record_video", "upload_video", "record_voice"),
        *("upload_voice", "upload_document", "choose_sticker", "find_location"),
        *("record_video_note", "upload_video_note"),
    }
)
_WITH_CAPTION: Final = ("photo", "video", "animation", "audio", "voice", "document")
_CAMEL: Final = MappingProxyType({"video_note": "VideoNote"})


class Outbox:
    """Takes what is sent.

    Args:
        chats: Where it goes.
        files: What may be sent.
        flood: The limits.
        connections: Accounts that the bot may answer in.
        post: Posts what somebody answers.
        bot: Who sends.
        random: For chance.
        clock: For times.

    Attributes:
        sent: Every message that was ever taken.
    """

    def __init__(
        self,
        *,
        chats: Chats,
        files: FileShelf,
        flood: Flood,
        connections: Mapping[str, Connection],
        post: Callable[[Iterable[Update]], object],
        bot: Mapping[str, Json],
        random: Random,
        clock: Clock,
    ) -> None:
        self.sent: list[Sent] = []
        self._chats = chats
        self._files = files
        self._flood = flood
        self._connections = connections
        self._post = post
        self._bot = bot
        self._random = random
        self._clock = clock

    def methods(self) -> dict[str, Method]:
        """Return what takes messages, by the name of the method in lower case."""
        kinds = (*_WITH_CAPTION, "video_note", "sticker")
        files = {f"send{_CAMEL.get(kind, kind).lower()}": self._sender_of(kind) for kind in kinds}
        return {
            **files,
            "sendmessage": self._message,
            "sendmediagroup": self._album,
            "sendlocation": self._location,
            "sendvenue": self._venue,
            "sendcontact": self._contact,
            "sendpoll": self._poll,
            "senddice": self._dice,
            "sendchataction": self._action,
        }

    def chat(self, call: Call) -> Chat:
        """Return where a call goes: through a connection, the chat of its owner.

        Raises:
            BotApiError: 400 or 403.
        """
        connection = call.text("business_connection_id")
        if connection:
            return self._connected(connection, call.text("chat_id"))
        chat = self._chats.named(call.text("chat_id"))
        chat.check()
        return chat

    def _connected(self, connection: str, chat_id: str) -> Chat:
        known = self._connections.get(connection)
        if known is None or not known.enabled:
            raise bad("BUSINESS_CONNECTION_INVALID")
        window = self._flood.rules.business_window_hours * 3600
        for customer in known.customers:
            if str(customer.id) != chat_id:
                continue
            if customer.wrote_at is None or self._clock() > customer.wrote_at + window:
                raise bad("BUSINESS_PEER_USAGE_MISSING")
            return customer.chat
        raise bad("BUSINESS_PEER_INVALID")

    def words(self, call: Call, name: str, marks: str, *, most: int) -> dict[str, Json]:
        """Return a text with its formatting, of a text or below a file.

        A text with ``parse_mode`` is taken as it is: nobody reads its marks here.

        Raises:
            BotApiError: 400.
        """
        text = call.text(name).strip("\0")
        if markup.units(text) > most:
            raise bad("message is too long" if name == "text" else "message caption is too long")
        found = markup.entities(call, marks, text)
        if not text.strip():
            return {}
        return {name: text, **({marks: found} if found else {})}

    # Methods of the Bot API.

    def _message(self, call: Call) -> Any:
        said = self.words(call, "text", "entities", most=LONGEST_TEXT)
        if not said:
            raise bad("message text is empty")
        return self._send(call, said)

    def _sender_of(self, kind: str) -> Method:
        def send(call: Call) -> Any:
            below = self.words(call, "caption", "caption_entities", most=LONGEST_CAPTION)
            file = self._files.sent(call, kind)
            return self._send(call, {kind: file.described(), **below})

        return send

    def _album(self, call: Call) -> list[Any]:
        media = call.json("media", "media")
        if not isinstance(media, list) or not 2 <= len(media) <= 10:
            raise bad("wrong number of media in the album: 2 to 10 are wanted")
        group = {"media_group_id": str(self._random.getrandbits(40))}
        found = []
        for each in media:
            kind = str(each.get("type"))
            if kind not in _WITH_CAPTION:
                raise bad("can't use the media of the specified type in the album")
            given = {**call.parameters, **each, kind: each.get("media")}
            one = Call(call.method, given, call.files)
            below = self.words(one, "caption", "caption_entities", most=LONGEST_CAPTION)
            file = self._files.sent(one, kind).described()
            found.append(self._send(one, {kind: file, **below, **group}))
        return found

    def _place(self, call: Call) -> dict[str, Json]:
        latitude, longitude = call.number("latitude"), call.number("longitude")
        if latitude is None or longitude is None:
            raise bad("latitude and longitude must be non-empty")
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise bad("wrong latitude or longitude specified")
        return {"latitude": latitude, "longitude": longitude}

    def _location(self, call: Call) -> Any:
        place, period = self._place(call), call.integer("live_period")
        if period is not None:
            if not 60 <= period <= 86_400:
                raise bad("wrong live location period specified")
            place["live_period"] = period
        return self._send(call, {"location": place})

    def _venue(self, call: Call) -> Any:
        place, title, address = self._place(call), call.text("title"), call.text("address")
        if not title.strip() or not address.strip():
            raise bad("venue title and address must be non-empty")
        venue = {"location": place, "title": title, "address": address}
        return self._send(call, {"venue": venue, "location": place})

    def _contact(self, call: Call) -> Any:
        phone, name = call.text("phone_number"), call.text("first_name")
        if not phone.strip():
            raise bad("phone number must be non-empty")
        if not name.strip():
            raise bad("first name must be non-empty")
        card = {"phone_number": phone, "first_name": name}
        for each in ("last_name", "vcard"):
            if value := call.text(each):
                card[each] = value
        if len(card.get("vcard", "").encode()) > 2048:
            raise bad("vCard is too long")
        return self._send(call, {"contact": card})

    def _poll(self, call: Call) -> Any:
        question, options = call.text("question"), call.json("options", "poll options")
        if not question.strip() or len(question) > 300:
            raise bad("poll question must be non-empty and of 300 characters at most")
        if not isinstance(options, list) or not 1 <= len(options) <= 12:
            raise bad("poll must have at least 1 and at most 12 options")
        texts = [each.get("text") if isinstance(each, dict) else each for each in options]
        if not all(str(each).strip() and len(str(each)) <= 100 for each in texts):
            raise bad("poll options must be non-empty and of 100 characters at most")
        poll = {
            "id": str(self._random.getrandbits(62)),
            "question": question,
            "options": [
                {"text": each, "voter_count": 0, "persistent_id": str(place)}
                for place, each in enumerate(texts)
            ],
            "total_voter_count": 0,
            "is_closed": call.flag("is_closed"),
            "is_anonymous": "is_anonymous" not in call.parameters or call.flag("is_anonymous"),
            "type": "regular",
            "allows_multiple_answers": call.flag("allows_multiple_answers"),
            "allows_revoting": True,
            "members_only": False,
        }
        return self._send(call, {"poll": poll})

    def _dice(self, call: Call) -> Any:
        emoji = call.text("emoji", "🎲")
        if emoji not in DICE:
            raise bad("invalid dice emoji specified")
        value = self._random.randint(1, DICE[emoji])
        return self._send(call, {"dice": {"emoji": emoji, "value": value}})

    def _action(self, call: Call) -> bool:
        action = call.text("action")
        if action not in ACTIONS:
            raise bad("wrong parameter action in request")
        chat = self.chat(call)
        self._flood.count(chat.id, self._clock())
        chat.actions.append(action)
        return True

    # What all of them share.

    def _send(self, call: Call, content: dict[str, Json]) -> dict[str, Json]:
        chat = self.chat(call)
        keyboard = markup.keyboard(call, private=chat.is_private)
        message: dict[str, Json] = {
            "from": self._bot,
            "chat": chat.about,
            "date": int(self._clock()),
            **self._topic(call, chat),
            **self._answered(call, chat),
            **content,
        }
        if keyboard is not None and "inline_keyboard" in keyboard:
            message["reply_markup"] = keyboard
        if connection := call.text("business_connection_id"):
            message |= {"business_connection_id": connection, "sender_business_bot": self._bot}
        self._flood.count(chat.id, self._clock())
        number = chat.number()
        message = {"message_id": number, **message}
        chat.messages[number] = message
        sent = Sent(
            method=call.method, message=message, parameters=call.parameters, at=self._clock()
        )
        self.sent.append(sent)
        chat.inbox.append(sent)
        self._react(chat, sent)
        return message

    def _topic(self, call: Call, chat: Chat) -> dict[str, Json]:
        thread = call.integer("message_thread_id")
        if thread is None:
            return {}
        if thread not in chat.topics:
            raise bad("message thread not found")
        return {"message_thread_id": thread, "is_topic_message": True}

    def _answered(self, call: Call, chat: Chat) -> dict[str, Json]:
        answered = call.json("reply_parameters", "reply parameters")
        if answered is None:
            return {}
        elsewhere = answered.get("chat_id")
        place = chat if elsewhere is None else self._chats.named(str(elsewhere))
        known = place.messages.get(answered.get("message_id"))
        if known is None:
            if answered.get("allow_sending_without_reply") and elsewhere is None:
                return {}
            raise bad("message to be replied not found")
        bare = {name: each for name, each in known.items() if name != "reply_to_message"}
        return {"reply_to_message": bare}

    def _react(self, chat: Chat, sent: Sent) -> None:
        if chat.script is None:
            return
        said = chat.script(sent)
        if said is not None:
            answers = [said] if isinstance(said, Update) else list(said)
            # The bot has its answer before it hears what came of it.
            asyncio.get_running_loop().call_soon(self._post, answers)
