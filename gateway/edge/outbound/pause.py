"""Accounts that do not send: because the platform refuses them, or a person wants it so.

Some refusals concern some kinds of content only: while a bill is not paid, templates wait and
answers go.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final, Literal, TypeAlias

import msgspec
import structlog

from gateway.bus import keys
from gateway.bus.wire import Wire
from gateway.edge.outbound.news import News
from gateway.errors import AccountBroken, StoreError
from gateway.model.event import Event
from gateway.model.status import PlatformError
from gateway.model.value import Value
from gateway.policy.retry import ceiling
from gateway.telemetry import logs

log = structlog.get_logger(__name__)

FIRST_PROBE_SECONDS: Final = 30.0
LONGEST_PROBE_SECONDS: Final = 3600.0
TOLD_LATER: Final = timedelta(minutes=10)
"""Until one is tried after a refusal that came as a status: it comes so late that what was sent in
the meantime is lost as well."""
RECENT_MS: Final = 300_000
"""Older statuses tell of trouble that may be over."""

Tell: TypeAlias = Callable[[str, Literal["auth", "platform"] | None, str], None]
"""Told an account's id, why it does not send (None: it does), and the explanation for people."""


class Paused(Value, frozen=True, kw_only=True):
    """Why an account does not send.

    Attributes:
        since: Milliseconds since 1970.
        probe_at: When one message is tried; None where only a person may say so.
        probes: How many were tried in vain.
        cause: What is at fault: the account's token, or else the platform or a person.
        kinds: Of content that are not sent; empty for all.
    """

    reason: str
    since: int
    probe_at: int | None = None
    probes: int = 0
    cause: Literal["auth", "platform"] = "platform"
    kinds: frozenset[str] = frozenset()

    def concerns(self, kind: str) -> bool:
        """Whether a kind of content is not sent."""
        return not self.kinds or kind in self.kinds


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Paused)
encode: Final = _encoder.encode
decode: Final = _decoder.decode


class Pause:
    """Whether one account sends.

    Args:
        account: Its id.
        wire: To its partition.
        news: Writes its events.
        commit: Puts events where they are safe.
        tell: See ``Tell``.
        clock: Milliseconds since 1970.
        ticks: Nanoseconds that only go forward.

    Attributes:
        state: Why it does not; None while it does.
    """

    def __init__(
        self,
        account: str,
        *,
        wire: Wire,
        news: News,
        commit: Callable[[Sequence[Event]], Awaitable[object]],
        tell: Tell,
        clock: Callable[[], int],
        ticks: Callable[[], int],
    ) -> None:
        self.state: Paused | None = None
        self._tried_at = 0
        self._account = account
        self._wire = wire
        self._news = news
        self._commit = commit
        self._tell = tell
        self._clock = clock
        self._ticks = ticks
        self._resumed_at = 0
        self._decided = 0

    @property
    def wait(self) -> int | None:
        """For how many nanoseconds nothing is tried; None where only a person may end it."""
        if self.state is None:
            return 0
        return None if self.state.probe_at is None else max(0, self._tried_at - self._ticks())

    async def load(self) -> None:
        """Learn what was decided elsewhere.

        Raises:
            RedisUnavailable: Not now.
        """
        decided = self._decided
        raw = await self._wire.call(b"HGET", keys.paused(self._wire.partition), self._account)
        if decided != self._decided:
            return  # here, after what was read
        before = self.state
        self._is(decode(raw) if raw else None)
        if self.state is not None:
            self._tell(self._account, self.state.cause, self.state.reason)
        elif before is not None:
            self._resumed()

    async def broken(self, error: AccountBroken) -> None:
        """Stop sending until a message that is tried now and then is taken."""
        now, before = self._clock(), self.state
        if before is not None and before.kinds and not error.kinds:
            before = None  # now it is everything
        if before is not None and self.wait != 0:
            return  # a person's pause, or a message that was under way when it began
        probes = 0 if before is None else before.probes + 1
        wait = ceiling(probes + 1, base=FIRST_PROBE_SECONDS, cap=LONGEST_PROBE_SECONDS)
        told = int(error.retry_after.total_seconds() * 1000) if error.retry_after else 0
        only = f"only {', '.join(sorted(error.kinds))}: " if error.kinds else ""
        reason = f"{only}{error}"
        self._decided += 1
        self._is(
            Paused(
                reason=reason,
                since=now if before is None else before.since,
                probe_at=now + max(int(wait * 1000), told),
                probes=probes,
                cause=error.cause,
                kinds=error.kinds,
            )
        )
        self._tell(self._account, error.cause, reason)
        try:
            await self._keep()
            if before is None:
                log.error(
                    logs.ACCOUNT_PAUSED,
                    account=self._account,
                    code=error.error.code,
                    reason=error.error.explanation,
                )
                await self._commit([self._news.alert(error.error, at=now)])
        except StoreError:
            return  # it is paused all the same, and told again with the next refusal

    async def told(self, error: PlatformError, *, kinds: frozenset[str], at: int) -> None:
        """Stop sending for what a status says of a message that was taken.

        Args:
            error: As the platform told it.
            kinds: Of content that it concerns; empty for all.
            at: When, in milliseconds since 1970.
        """
        if at <= max(self._resumed_at, self._clock() - RECENT_MS):
            return
        await self.broken(AccountBroken(error, retry_after=TOLD_LATER, kinds=kinds))

    async def worked(self, kind: str) -> None:
        """Send again: the platform took a message of a kind."""
        if self.state is None or self.state.probe_at is None or not self.state.concerns(kind):
            return
        self._decided += 1
        self.state = None
        self._resumed()
        await self._wire.call(b"HDEL", keys.paused(self._wire.partition), self._account)

    def _is(self, state: Paused | None) -> None:
        if state is not None and state.probe_at is not None and state != self.state:
            # As a wait: the clock may be put back.
            self._tried_at = self._ticks() + (state.probe_at - self._clock()) * 1_000_000
        self.state = state

    def _resumed(self) -> None:
        self._resumed_at = self._clock()
        log.info(logs.ACCOUNT_RESUMED, account=self._account)
        self._tell(self._account, None, "")

    async def _keep(self) -> None:
        if self.state is not None:
            key = keys.paused(self._wire.partition)
            await self._wire.call(b"HSET", key, self._account, encode(self.state))
