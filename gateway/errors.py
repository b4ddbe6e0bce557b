"""Every error Relevo raises, in one tree; each says who must act.

::

    RelevoError
    ├── SettingsError        the operator: a setting is missing, unknown or wrong
    ├── PluginError          the operator or the plugin's author: a plugin cannot be loaded
    ├── StoreError           the operator: Redis, the disk or the media store refuses
    │   ├── RedisUnavailable     Redis did not confirm in time; the work may be tried again
    │   ├── LayoutMismatch       the data in Redis is laid out otherwise
    │   └── SpoolFull            the spool cannot take more; the platform must retry
    ├── WebhookError         the platform, or whoever claims to be it
    │   ├── SignatureInvalid     403: not signed by a secret of ours
    │   └── BodyMalformed        400: cannot come from the platform at all
    ├── MediaError           nobody, or the contact: a file cannot be fetched
    │   ├── MediaRefused         permanent: too large, forbidden address, gone
    │   └── MediaUnavailable     temporary: worth another try
    └── CodecError           the caller: bytes are not what they should be
"""

from __future__ import annotations


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
    """The data in Redis was laid out otherwise than this process expects."""


class SpoolFull(StoreError):
    """The spool cannot take more; answer 503 so that the platform retries."""


class WebhookError(RelevoError):
    """A webhook cannot be taken; nothing of its text may reach the sender."""


class SignatureInvalid(WebhookError):
    """The body is not signed by any active secret: 403."""


class BodyMalformed(WebhookError):
    """The body cannot come from the platform at all: 400."""


class MediaError(RelevoError):
    """A file of a message cannot be fetched; the message itself is safe."""


class MediaRefused(MediaError):
    """Permanent: too large, of a forbidden address, or gone."""


class MediaUnavailable(MediaError):
    """Temporary: the platform or the network fails; worth another try."""


class CodecError(RelevoError):
    """Bytes are not what they should be; the text names the path inside them."""
