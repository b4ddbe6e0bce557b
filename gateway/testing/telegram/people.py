"""People who write to a bot: each verb is an update, ready to be posted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from gateway.testing.delivery import Clock
from gateway.testing.telegram.chats import Chat, Json, Sent, Update
from gateway.testing.telegram.files import FileShelf


class Queries:
    """Taps that wait for an answer.

    Attributes:
        answers: What the bot answered, by the query's id.
    """

    def __init__(self, *, random: Random, clock: Clock) -> None:
        self.answers: dict[str, dict[str, Json]] = {}
        self._random = random
        self._clock = clock
        self._open: dict[str, float] = {}

    def ask(self) -> str:
        """Return the id of a new one."""
        query = str(self._random.getrandbits(63))
        self._open[query] = self._clock()
        return query

    def answer(self, query: str, told: dict[str, Json], *, within_seconds: float) -> bool:
        """Answer one; False when it is not known or too old."""
        asked = self._open.pop(query, None)
        if asked is None or self._clock() > asked + within_seconds:
            return False
        self.answers[query] = told
        return True


class Writer:
    """Somebody who writes in a chat: what a person and a customer of a connected account share.

    Attributes:
        user: As updates tell them.
        chat: Where they write.
    """

    kind = "message"

    def __init__(
        self,
        *,
        user: dict[str, Json],
        chat: Chat,
        files: FileShelf,
        queries: Queries,
        clock: Clock,
    ) -> None:
        self.user = user
        self.chat = chat
        self._files = files
        self._queries = queries
        self._clock = clock

    @property
    def id(self) -> int:
        """Their user id; of a private chat also its id."""
        return int(self.user["id"])

    def sends(self, **content: Json) -> Update:
        """Send a message of any kind, broken if you like: ``sends(text="hi")``."""
        self.chat.started = True
        number = self.chat.number()
        head = {"message_id": number, "from": self.user, "chat": self.chat.about}
        message = {**head, "date": int(self._clock()), **self._around(), **content}
        self.chat.messages[number] = message
        return Update(self.kind, message)

    def _around(self) -> dict[str, Json]:
        return {}

    def writes(self, text: str, *, reply_to: Sent | None = None, **more: Json) -> Update:
        """Write a text; ``more`` goes into the message as it is."""
        if reply_to is not None:
            more["reply_to_message"] = reply_to.message
        return self.sends(text=text, **more)

    def starts(self, payload: str = "") -> Update:
        """Press *Start*, perhaps of a link with a payload."""
        text = f"/start {payload}".strip()
        command = {"type": "bot_command", "offset": 0, "length": 6}
        return self.writes(text, entities=[command])

    def sends_file(
        self,
        kind: str,
        data: bytes,
        *,
        mime_type: str | None = None,
        filename: str | None = None,
        size_bytes: int | None = None,
        **more: Json,
    ) -> Update:
        """Send a file.

        Args:
            kind: ``photo``, ``video``, ``voice``, ``audio``, ``document``, ``sticker``…
            data: Its bytes.
            mime_type: As told.
            filename: As told.
            size_bytes: As told, whatever it has.
            more: ``caption``, ``media_group_id``…
        """
        file = self._files.add(
            kind, data, mime_type=mime_type, filename=filename, size_bytes=size_bytes
        )
        return self.sends(**{kind: file.described()}, **more)

    def sends_photo(self, data: bytes, *, caption: str | None = None) -> Update:
        """Send a picture."""
        below: dict[str, Json] = {"caption": caption} if caption else {}
        return self.sends_file("photo", data, **below)

    def sends_album(self, *pictures: bytes, caption: str | None = None) -> list[Update]:
        """Send several pictures as one set: an update for each."""
        album: dict[str, Json] = {
            "media_group_id": str(self.chat.id) + str(len(self.chat.messages))
        }
        first: dict[str, Json] = {"caption": caption} if caption else {}
        return [
            self.sends_file("photo", each, **album, **(first if place == 0 else {}))
            for place, each in enumerate(pictures)
        ]

    def sends_location(self, latitude: float, longitude: float) -> Update:
        """Tell where they are."""
        return self.sends(location={"latitude": latitude, "longitude": longitude})

    def shares_number(self, phone: str) -> Update:
        """Share their own number, as a key asked them to."""
        name = self.user["first_name"]
        return self.sends(contact={"phone_number": phone, "first_name": name, "user_id": self.id})

    def edits(self, message: Update, text: str) -> Update:
        """Change what they wrote."""
        body = {**message.body, "text": text, "edit_date": int(self._clock())}
        self.chat.messages[body["message_id"]] = body
        return Update(f"edited_{message.kind}", body)

    def taps(self, sent: Sent, button: str) -> Update:
        """Tap a button below a message of the bot's.

        Args:
            sent: The message.
            button: What stands on the button.

        Raises:
            LookupError: There is no such button.
        """
        if button not in sent.buttons:
            raise LookupError(f"no button {button!r} there; there are {sorted(sent.buttons)}")
        query = {
            "id": self._queries.ask(),
            "from": self.user,
            "message": sent.message,
            "chat_instance": str(self.chat.id),
            "data": sent.buttons[button],
        }
        return Update("callback_query", query)

    def reacts(self, sent: Sent, emoji: str | None) -> Update:
        """Put an emoji on a message of the bot's, or take it away."""
        new = [{"type": "emoji", "emoji": emoji}] if emoji else []
        change = {"chat": self.chat.about, "message_id": sent.id, "user": self.user}
        now = int(self._clock())
        return Update(
            "message_reaction", {**change, "date": now, "old_reaction": [], "new_reaction": new}
        )


class Person(Writer):
    """One contact in their private chat with the bot."""

    def __init__(self, *, bot: dict[str, Json], **more: Json) -> None:
        super().__init__(**more)
        self._bot = bot

    @property
    def inbox(self) -> list[Sent]:
        """What the bot wrote to them."""
        return self.chat.inbox

    @property
    def heard(self) -> list[str]:
        """The words of it."""
        return [each.said for each in self.inbox]

    def blocks(self) -> Update:
        """Block the bot: nothing reaches them any more."""
        self.chat.blocked = True
        return self._membership("member", "kicked")

    def unblocks(self) -> Update:
        """Let the bot write again."""
        self.chat.blocked = False
        return self._membership("kicked", "member")

    def votes(self, sent: Sent, *options: int) -> Update:
        """Vote in a poll of the bot's."""
        vote = {"poll_id": sent.message["poll"]["id"], "user": self.user}
        return Update("poll_answer", {**vote, "option_ids": list(options)})

    def _membership(self, old: str, new: str) -> Update:
        change = {
            "chat": self.chat.about,
            "from": self.user,
            "date": int(self._clock()),
            "old_chat_member": {"status": old, "user": self._bot},
            "new_chat_member": {"status": new, "user": self._bot, "until_date": 0},
        }
        return Update("my_chat_member", change)


class Member(Writer):
    """A person in a group."""

    def __init__(self, *, thread: int | None = None, **more: Json) -> None:
        super().__init__(**more)
        self._thread = thread

    def _around(self) -> dict[str, Json]:
        if self._thread is None:
            return {}
        return {"message_thread_id": self._thread, "is_topic_message": True}


class Customer(Writer):
    """Somebody who writes to a person's own account, to which the bot is connected.

    Attributes:
        wrote_at: When they last wrote, in seconds since 1970; None for never.
        read: Numbers of their messages that were marked as read.
    """

    kind = "business_message"

    def __init__(self, *, connection: str, **more: Json) -> None:
        super().__init__(**more)
        self._connection = connection
        self.wrote_at: float | None = None
        self.read: list[int] = []

    @property
    def inbox(self) -> list[Sent]:
        """What the bot wrote to them in its owner's name."""
        return self.chat.inbox

    def sends(self, **content: Json) -> Update:
        """Send a message of any kind."""
        self.wrote_at = self._clock()
        return super().sends(**content)

    def _around(self) -> dict[str, Json]:
        return {"business_connection_id": self._connection}


class Connection:
    """A person's account that the bot may answer in.

    Attributes:
        id: Goes along with everything through it.
        enabled: Whether its owner still wants that.
    """

    def __init__(
        self,
        connection: str,
        owner: Person,
        *,
        clock: Clock,
        meet: Callable[[Connection, int, str], Customer],
    ) -> None:
        self.id = connection
        self.enabled = True
        self._owner = owner
        self._clock = clock
        self._meet = meet
        self._customers: dict[int, Customer] = {}

    def told(self) -> Update:
        """Return the update that tells of it."""
        rights = {"can_reply": True, "can_read_messages": True}
        about = {"id": self.id, "user": self._owner.user, "user_chat_id": self._owner.id}
        return Update(
            "business_connection",
            {
                **about,
                "date": int(self._clock()),
                "rights": rights,
                "is_enabled": self.enabled,
            },
        )

    def customer(self, user_id: int, *, name: str) -> Customer:
        """Return somebody who writes to the owner."""
        if user_id not in self._customers:
            self._customers[user_id] = self._meet(self, user_id, name)
        return self._customers[user_id]

    @property
    def customers(self) -> Sequence[Customer]:
        """Everybody who ever wrote to the owner."""
        return tuple(self._customers.values())
