"""Every error Relevo raises, in one tree; each says who must act.

::

    RelevoError
    ├── SettingsError        the operator: a setting is missing, unknown or wrong
    ├── PluginError          the operator or the plugin's author: a plugin cannot be loaded
    ├── StoreError           the operator: Redis, the disk or the media store refuses
    │   ├── RedisUnavailable     Redis did not confirm in time; the work may be tried again
    │   ├── LayoutMismatch       the data is laid out otherwise
    │   └── SpoolFull            the spool cannot take more; the platform must retry
    ├── WebhookError         the platform, or whoever claims to be it
    │   ├── SignatureInvalid     403: not signed by a secret of ours
    │   └── BodyMalformed        400: cannot come from the platform at all
    ├── ItemBroken           nobody: one item of a webhook cannot be read; a notice keeps it
    ├── MediaError           nobody, or the contact: a file cannot be fetched
    │   ├── MediaRefused         permanent: too large, forbidden address, gone
    │   └── MediaUnavailable     temporary: worth another try
    ├── SendError            a message is not sent, or not for sure
    │   ├── NotCarried           the caller: the channel cannot carry this
    │   ├── IdempotencyConflict  the caller: the key was used for other messages
    │   ├── NotCancellable       the caller: it is too late, the message went or failed
    │   └── PlatformFailure      the platform said so, with its code and our explanation
    │       ├── Temporary            the engine: the same again, later
    │       ├── Throttled            the engine: slow down the account, the contact or the app
    │       ├── InDoubt              the engine: it may have been sent, nobody knows
    │       ├── Rejected             the caller: this message will never go
    │       │   └── TemplateRefused      the caller: its template is not there, or filled otherwise
    │       ├── WindowClosed         the engine: only a template may be sent
    │       ├── Unreachable          nobody: this contact cannot be reached here
    │       ├── OptedOut             nobody: this contact does not want it
    │       ├── TemplatePaused       the operator: this template cannot be sent for now
    │       └── AccountBroken        the operator: nothing goes until the account is mended
    └── CodecError           the caller: bytes are not what they should be
        └── FieldsWrong          … and these are the fields
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from gateway.model.outbox import FieldProblem, all_told
from gateway.model.status import PlatformError


class RelevoError(Exception):
    """Root of the tree; catch it at the edges only."""


class SettingsError(RelevoError):
    """A setting is missing, unknown or wrong; the text names its path. The operator acts."""


class PluginError(RelevoError):
    """A plugin cannot be loaded; the text names it. The operator or its author acts."""


class StoreError(RelevoError):
    """Redis, the disk or the media store refuses. The operator acts."""


class RedisUnavailable(StoreError):
    """Redis did not confirm in time; the work may or may not be done and may be tried again."""


class LayoutMismatch(StoreError):
    """The data in Redis or in the spool was laid out otherwise than this process expects."""


class SpoolFull(StoreError):
    """The spool cannot take more; answer 503 so that the platform retries."""


class WebhookError(RelevoError):
    """A webhook cannot be taken; nothing of its text may reach the sender."""


class SignatureInvalid(WebhookError):
    """The body is not signed by any active secret: 403."""


class BodyMalformed(WebhookError):
    """The body cannot come from the platform at all: 400."""


class ItemBroken(RelevoError):
    """One item of a webhook cannot be made anything of; a notice keeps it, its neighbours go through.

    Attributes:
        path: Where in the item, for example ``.timestamp``; empty for the item itself.
        wanted: What would be right there, and what is there instead.
    """

    def __init__(self, path: str, wanted: str) -> None:
        super().__init__(path, wanted)
        self.path = path
        self.wanted = wanted


class MediaError(RelevoError):
    """A file of a message cannot be fetched; the message itself is safe."""


class MediaRefused(MediaError):
    """Permanent: too large, of a forbidden address, or gone."""


class MediaUnavailable(MediaError):
    """Temporary: the platform or the network fails; worth another try."""


class SendError(RelevoError):
    """A message is not sent, or not for sure."""


class NotCarried(SendError):
    """The channel cannot carry this. The caller acts."""


class IdempotencyConflict(SendError):
    """An idempotency key was used before, for other messages. The caller acts."""


class NotCancellable(SendError):
    """It is too late: the message is on its way, was sent, or failed. The caller acts."""


class PlatformFailure(SendError):
    """The platform did not take a message, and said why.

    Its text holds the code and our explanation only: the platform's longer words may name the
    contact, and errors are logged.

    Attributes:
        error: The platform's code and words, and what they mean.
        retry_after: How long to leave the platform alone, where that is known.
    """

    def __init__(self, error: PlatformError, *, retry_after: timedelta | None = None) -> None:
        super().__init__(f"{error.code}: {error.explanation or error.title or 'no explanation'}")
        self.error = error
        self.retry_after = retry_after


class Temporary(PlatformFailure):
    """The platform failed; the same again, later. The engine acts.

    Attributes:
        tries: How often another try makes sense; None as often as the engine likes.
    """

    def __init__(
        self,
        error: PlatformError,
        *,
        retry_after: timedelta | None = None,
        tries: int | None = None,
    ) -> None:
        super().__init__(error, retry_after=retry_after)
        self.tries = tries


class Throttled(PlatformFailure):
    """Too much in too short a time. The engine slows down.

    Attributes:
        scope: What is to be slowed down: all that this account sends, what goes to this contact,
            or every account of the same application.
        growth: By how much the wait grows with each refusal in a row; 1 where ``retry_after`` is
            what the platform itself said.
    """

    def __init__(
        self,
        error: PlatformError,
        *,
        scope: Literal["account", "contact", "app"],
        retry_after: timedelta | None = None,
        growth: int = 1,
    ) -> None:
        super().__init__(error, retry_after=retry_after)
        self.scope = scope
        self.growth = growth


class InDoubt(PlatformFailure):
    """The message may have been sent; nobody knows. The engine acts by the account's policy."""


class Rejected(PlatformFailure):
    """This message will never go; with ``retry_after``, not before. The caller acts."""


class TemplateRefused(Rejected):
    """The template is not there, or not filled as it wants to be. The caller acts."""


class WindowClosed(PlatformFailure):
    """The time for free-form replies is over; only a template may be sent. The engine acts."""


class Unreachable(PlatformFailure):
    """This contact cannot be reached on this channel."""


class OptedOut(PlatformFailure):
    """This contact does not want such messages."""


class TemplatePaused(PlatformFailure):
    """This template or Flow cannot be sent for now. The operator acts."""


class AccountBroken(PlatformFailure):
    """Nothing goes until a person has mended the account. The operator acts.

    Attributes:
        cause: ``auth`` when the token or a permission is at fault, else ``platform``: a ban, a
            payment, a restriction.
        kinds: Of content that cannot go, where the rest can; empty for all.
    """

    def __init__(
        self,
        error: PlatformError,
        *,
        retry_after: timedelta | None = None,
        cause: Literal["auth", "platform"] = "platform",
        kinds: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(error, retry_after=retry_after)
        self.cause = cause
        self.kinds = kinds


class CodecError(RelevoError):
    """Bytes are not what they should be; the text names the path inside them."""


class FieldsWrong(CodecError):
    """Fields are missing, unknown or of the wrong type.

    Attributes:
        problems: Each of them.
    """

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__(all_told(problems))
        self.problems = tuple(problems)
