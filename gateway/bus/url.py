"""What a ``redis.url`` says, taken apart; passwords are kept out of every text."""

from __future__ import annotations

import ssl
from typing import Final, Literal, TypeAlias
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import msgspec

from gateway.errors import SettingsError
from gateway.settings.secret import Secret

Form: TypeAlias = Literal["single", "unix", "cluster", "sentinel"]

SCHEMES: Final[dict[str, tuple[Form, bool]]] = {
    "redis": ("single", False),
    "rediss": ("single", True),
    "unix": ("unix", False),
    "redis+cluster": ("cluster", False),
    "rediss+cluster": ("cluster", True),
    "redis+sentinel": ("sentinel", False),
    "rediss+sentinel": ("sentinel", True),
}
PORTS: Final[dict[Form, int]] = {"single": 6379, "unix": 0, "cluster": 6379, "sentinel": 26379}
TLS_OPTIONS: Final = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname")
OPTIONS: Final[dict[Form, tuple[str, ...]]] = {
    "single": ("db",),
    "unix": ("db",),
    "cluster": (),
    "sentinel": ("db", "sentinel_username", "sentinel_password"),
}


class RedisUrl(msgspec.Struct, frozen=True, kw_only=True):
    """A ``redis.url``.

    Attributes:
        scheme: As written.
        form: How the servers behind it are found.
        hosts: Host and port of each server named: the one, some of a cluster, or the sentinels.
        path: Of the unix socket.
        db: Number of the database.
        service: Name under which the sentinels know the master.
        tls: Whether to speak TLS; ``options`` has its files.
    """

    scheme: str
    form: Form
    hosts: tuple[tuple[str, int], ...] = ()
    path: str = ""
    username: str | None = None
    password: Secret | None = None
    db: int = 0
    service: str = ""
    sentinel_username: str | None = None
    sentinel_password: Secret | None = None
    tls: bool = False
    options: dict[str, str] = {}

    def __str__(self) -> str:
        """Return the URL without user, password and options."""
        if self.form == "unix":
            return f"unix://{self.path}"
        hosts = ",".join(
            f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.hosts
        )
        return f"{self.scheme}://{hosts}" + (f"/{self.service}" if self.service else "")

    def context(self) -> ssl.SSLContext | None:
        """Return how TLS is spoken, or None where it is not.

        Raises:
            SettingsError: A certificate file cannot be read.
        """
        if not self.tls:
            return None
        try:
            context = ssl.create_default_context(cafile=self.options.get("ssl_ca_certs"))
            if certificate := self.options.get("ssl_certfile"):
                context.load_cert_chain(certificate, self.options.get("ssl_keyfile"))
        except OSError as error:
            raise SettingsError(f"redis.url: a certificate of {self}: {error}") from error
        context.check_hostname = self.checks_hostname
        return context

    @property
    def checks_hostname(self) -> bool:
        """Whether the certificate must name the host it is reached at."""
        return self.options.get("ssl_check_hostname", "true") != "false"


def parse(url: str) -> RedisUrl:
    """Return what a ``redis.url`` says.

    Args:
        url: ``redis://[user:password@]host[:port][/db]``, ``unix:///path[?db=0]``,
            ``redis+cluster://host:port,…``, ``redis+sentinel://host:port,…/service[?db=0]``; with
            ``rediss`` for TLS, whose files are ``?ssl_ca_certs=…&ssl_certfile=…&ssl_keyfile=…``.

    Raises:
        SettingsError: It says something else; the text never repeats a password.
    """
    parts = urlsplit(url)
    known = SCHEMES.get(parts.scheme)
    if known is None:
        raise SettingsError(
            f"redis.url: scheme {parts.scheme!r} is unknown; use embedded or one of "
            f"{', '.join(f'{each}://' for each in SCHEMES)}"
        )
    form, tls = known
    options = _options(parts, form, tls=tls)
    username, password = _credentials(parts)
    return RedisUrl(
        scheme=parts.scheme,
        form=form,
        hosts=_hosts(parts, form),
        path=_path(parts) if form == "unix" else "",
        username=username,
        password=password,
        db=_db(parts, form, options.pop("db", None)),
        service=_service(parts) if form == "sentinel" else "",
        sentinel_username=options.pop("sentinel_username", None),
        sentinel_password=_secret(options.pop("sentinel_password", None)),
        tls=tls,
        options=options,
    )


def _options(parts: SplitResult, form: Form, *, tls: bool) -> dict[str, str]:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    allowed = OPTIONS[form] + (TLS_OPTIONS if tls else ())
    for name in options:
        if name not in allowed:
            raise SettingsError(
                f"redis.url: option {name!r} is unknown for {parts.scheme}://; "
                f"known are {', '.join(allowed) or 'none'}"
            )
    return options


def _secret(value: str | None) -> Secret | None:
    return Secret(value) if value else None


def _credentials(parts: SplitResult) -> tuple[str | None, Secret | None]:
    if "@" not in parts.netloc:
        return None, None
    username, _, password = parts.netloc.rpartition("@")[0].partition(":")
    return unquote(username) or None, _secret(unquote(password))


def _hosts(parts: SplitResult, form: Form) -> tuple[tuple[str, int], ...]:
    if form == "unix":
        return ()
    named = parts.netloc.rpartition("@")[2].split(",")
    if form == "single" and len(named) > 1:
        raise SettingsError(
            f"redis.url: {parts.scheme}:// takes one host; did you mean redis+cluster://?"
        )
    return tuple(_host(each, PORTS[form]) for each in named)


def _host(text: str, port: int) -> tuple[str, int]:
    try:
        one = urlsplit(f"//{text}")
        return unquote(one.hostname or "localhost"), one.port or port
    except ValueError as error:
        raise SettingsError(f"redis.url: {text!r} is not HOST:PORT") from error


def _path(parts: SplitResult) -> str:
    path = unquote(parts.path)
    if not path.startswith("/"):
        raise SettingsError(
            "redis.url: unix:// needs an absolute path, as in unix:///run/valkey.sock"
        )
    return path


def _service(parts: SplitResult) -> str:
    service = unquote(parts.path).strip("/")
    if not service or "/" in service:
        raise SettingsError(
            "redis.url: redis+sentinel:// needs the name of the service, as in "
            "redis+sentinel://one:26379,two:26379/mymaster"
        )
    return service


def _db(parts: SplitResult, form: Form, option: str | None) -> int:
    text = (
        option
        if option is not None
        else parts.path.strip("/")
        if form in ("single", "cluster")
        else ""
    )
    if not text:
        return 0
    if form == "cluster":
        raise SettingsError("redis.url: a cluster has database 0 only; leave the path out")
    if not text.isdecimal():
        raise SettingsError(f"redis.url: database {text!r} is not a number")
    return int(text)
