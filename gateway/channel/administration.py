"""What a channel offers beside messages: templates, its number, forms. Each of it is optional.

Every awaiting method asks the platform through a ``Host`` and raises ``PlatformFailure`` when it
refuses or cannot be asked.
"""

from __future__ import annotations

import abc
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Literal

from gateway.channel.host import Host
from gateway.channel.outbound import Problem
from gateway.model.account import AccountHealth, BlockOutcome, FlowRecord, Profile
from gateway.model.template import Category, TemplateDefinition, TemplateRecord
from gateway.model.template_content import Template


class TemplateShelf(abc.ABC):
    """An account's templates, kept here as the platform last told them."""

    @abc.abstractmethod
    async def sync(self, host: Host) -> Sequence[TemplateRecord]:
        """Ask the platform for all of them, keep them, and return them."""

    @abc.abstractmethod
    async def records(self, host: Host) -> Sequence[TemplateRecord]:
        """Return what is kept, by name and language; nothing is asked."""

    @abc.abstractmethod
    async def check(self, template: Template, host: Host, *, path: str) -> Sequence[Problem]:
        """Tell what keeps a template from being sent, as the platform has it.

        Nothing where the templates were never synced. Where the platform is asked and does not
        answer (``PlatformFailure``), nothing is refused: it decides when the message is sent.

        Args:
            template: What is to be sent.
            host: Of the account.
            path: Where it stands in the message: ``$.content``, ``$.fallback.template``.
        """

    async def category(self, template: Template, host: Host) -> Category | None:
        """Return what the platform files a template under; None where that is not known here.

        It decides whether a contact who wants no marketing gets it. None by default.
        """
        del template, host
        return None

    @abc.abstractmethod
    def check_definition(self, definition: TemplateDefinition) -> Sequence[Problem]:
        """Tell what the platform would refuse in a new template; pure."""

    @abc.abstractmethod
    async def create(self, definition: TemplateDefinition, host: Host) -> TemplateRecord:
        """Hand a new template, or a new language of one, in for review."""

    @abc.abstractmethod
    async def edit(self, definition: TemplateDefinition, host: Host) -> TemplateRecord:
        """Change the template of the definition's name and language; it is reviewed again."""

    @abc.abstractmethod
    async def delete(self, name: str, host: Host, *, language: str | None = None) -> None:
        """Delete a template, in one language or in all."""

    @abc.abstractmethod
    async def unpause(self, name: str, language: str, host: Host) -> TemplateRecord:
        """Let a template be sent again that the platform paused until somebody says so."""


class NumberDesk(abc.ABC):
    """What concerns the number itself.

    Attributes:
        health_key: ``Host`` remembers the account's last ``AccountHealth`` under it, as JSON.
        level_key: ``Host`` remembers the name of the account's level of ``Limits`` under it.
        reach_key: ``Host`` remembers the account's ``Reach`` under it, as JSON.
        kept_for: How long they are remembered.
    """

    health_key: ClassVar = "health"
    level_key: ClassVar = "level"
    reach_key: ClassVar = "reach"
    kept_for: ClassVar = timedelta(days=7)

    @abc.abstractmethod
    async def check(self, host: Host) -> AccountHealth:
        """Ask the platform how the account is, keep that, and return it; never raises for that."""

    @abc.abstractmethod
    async def profile(self, host: Host) -> Profile:
        """Return what people see of the business."""

    def check_profile(self, profile: Profile) -> Sequence[Problem]:
        """Tell what of a profile the platform would refuse; paths begin with ``$``."""
        del profile
        return ()

    @abc.abstractmethod
    async def change_profile(self, profile: Profile, host: Host) -> None:
        """Change what is given."""

    @abc.abstractmethod
    async def blocked(self, host: Host) -> Sequence[str]:
        """Return whom the account blocks: numbers or user ids."""

    @abc.abstractmethod
    async def block(self, contacts: Sequence[str], host: Host) -> BlockOutcome:
        """Block contacts."""

    @abc.abstractmethod
    async def unblock(self, contacts: Sequence[str], host: Host) -> BlockOutcome:
        """Unblock contacts."""

    @abc.abstractmethod
    async def subscribe(self, host: Host) -> None:
        """Have the webhooks of the account's business posted to the app of its token."""

    @abc.abstractmethod
    async def request_code(
        self, host: Host, *, method: Literal["sms", "voice"], language: str
    ) -> None:
        """Have the code sent that shows that the number is ours."""

    @abc.abstractmethod
    async def verify_code(self, code: str, host: Host) -> None:
        """Tell that code."""

    @abc.abstractmethod
    async def register(self, pin: str, host: Host) -> None:
        """Connect the number; ``pin`` is that of two-step verification, or becomes it."""


class FlowDesk(abc.ABC):
    """An account's forms (Flows)."""

    @abc.abstractmethod
    async def records(self, host: Host) -> Sequence[FlowRecord]:
        """Return all of them."""

    @abc.abstractmethod
    async def publish(
        self,
        host: Host,
        *,
        screens: bytes | None = None,
        name: str | None = None,
        flow: str | None = None,
        categories: Sequence[str] = (),
        endpoint: str | None = None,
        draft: bool = False,
    ) -> FlowRecord:
        """Make a form, or give one its screens, and publish it.

        Args:
            host: Of the account.
            screens: Flow JSON; needed for a new one.
            name: Of a new one.
            flow: Id of the one to change.
            categories: Of a new one.
            endpoint: Where its data is exchanged.
            draft: Leave it unpublished.
        """

    @abc.abstractmethod
    async def retire(self, flow: str, host: Host) -> str:
        """Take a form away; return ``deleted`` for a draft, ``deprecated`` for a published one."""

    @abc.abstractmethod
    async def upload_key(self, host: Host) -> str:
        """Give the platform the public half of the account's key; return it as PEM."""

    @abc.abstractmethod
    def new_key(self) -> str:
        """Return a new private key as PEM, for the account's settings."""
