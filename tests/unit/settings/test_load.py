"""What operators write, and what they are told when it is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta

from gateway.channel.channel import ChannelSettings
from gateway.errors import SettingsError
from gateway.settings.load import Configuration, disabled_plugins, load, load_settings
from gateway.settings.schema import LogSettings, Settings
from gateway.settings.secret import Secret, Secrets


class Retry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    attempts: int = 3


class PigeonSettings(ChannelSettings, frozen=True, kw_only=True):
    loft: Annotated[str, Meta(description="Where the pigeon lives.")]
    key: Secrets
    token: Secret | None = None
    breed: Literal["homer", "tippler"] = "homer"
    weight_grams: Annotated[int, Meta(ge=1)] = 300
    rings: tuple[str, ...] = ()
    retry: Retry = Retry()
    names: str | dict[Literal["en", "es"], str] = ""


CHANNELS = {"pigeon": PigeonSettings}
ACCOUNT = """
[[accounts]]
id = "loft-1"
channel = "pigeon"
loft = "roof"
key = "k"
"""


@pytest.fixture
def write(tmp_path: Path) -> Path:
    return tmp_path / "relevo.toml"


def read(file: Path, text: str, **environ: str) -> Configuration[PigeonSettings]:
    file.write_text(text, "utf-8")
    return load(CHANNELS, config=file, environ=environ)


def test_no_configuration_at_all_is_valid() -> None:
    configuration = load(CHANNELS, config=None, environ={})
    assert configuration == Configuration(settings=Settings(), accounts=(), file=None)


def test_the_file_may_be_named_by_the_environment(write: Path) -> None:
    write.write_text("data_dir = '/var/lib/relevo'", "utf-8")
    configuration = load(CHANNELS, config=None, environ={"RELEVO_CONFIG": str(write)})
    assert configuration.settings.data_dir == "/var/lib/relevo"
    assert configuration.file == write


def test_the_named_file_wins_over_the_environments(write: Path) -> None:
    environ = {"RELEVO_CONFIG": "/nowhere"}
    write.write_text("", "utf-8")
    assert load(CHANNELS, config=write, environ=environ).file == write


def test_an_account_is_of_its_channels_settings_type(write: Path) -> None:
    (account,) = read(write, ACCOUNT).accounts
    assert account == PigeonSettings(id="loft-1", channel="pigeon", loft="roof", key=Secrets("k"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[http]\npublik = ':1'", "http.publik: unknown key; did you mean public?"),
        ("acounts = []", "acounts: unknown key; did you mean accounts?"),
        ("http = 1", "http: must be a table, is the int 1"),
        ("[http]\npublic = '8080'", "http.public: '8080' is no address: use host:port, [v6]:port"),
        ("[http]\nprivate = '::1:80'", "http.private: '::1:80' is no address: use"),
        ("[http]\npublic = 8080", 'http.public: must be a text: put it in quotes, "8080"'),
        ("[redis]\nurl = 'http://x'", "redis.url: must be one of embedded, redis://"),
        (
            "[redis]\ntimeout_seconds = 0",
            "redis.timeout_seconds: must be a whole number >= 1, is 0",
        ),
        ("[streams]\npartitions = 101", "streams.partitions: must be a whole number <= 100"),
        ("[log]\nlevel = 'warn'", "debug, info, warning, error; is 'warn', did you mean warning?"),
        ("[log]\npersonal_data = 'no'", "log.personal_data: must be true or false, is 'no'"),
        ("[plugins]\ndisabled = [1]", "plugins.disabled[0]: must be a text"),
        (
            "roles = 'ingress'",
            """roles: must be a list, is 'ingress': put it in brackets, ["ingress"]""",
        ),
        ("roles = []", "roles: must be a list of length >= 1, is []"),
        (
            "roles = ['ingres']",
            "roles[0]: must be one of ingress, egress; is 'ingres', did you mean",
        ),
        (
            "[http]\npublic = '127.0.0.1:8081'",
            "http.private: '127.0.0.1:8081' is http.public already; the two need an address each",
        ),
        ("accounts = 1", "accounts: write one [[accounts]] table for each account"),
        ("a = = 1", "is not TOML: Invalid value (at line 1, column 5)"),
        ("[[accounts]]\nid = 'a'", "accounts[0].channel: account 'a': missing; one of pigeon"),
        (
            "[[accounts]]\nid = 'a'\nchannel = 'pidgeon'",
            "accounts[0].channel: account 'a': no plugin offers 'pidgeon'; did you mean pigeon?",
        ),
        (
            ACCOUNT.replace("loft = ", "lof = "),
            "accounts[0].lof: account 'loft-1': unknown key; did you mean loft?",
        ),
        (
            ACCOUNT.replace('loft = "roof"', ""),
            "accounts[0].loft: account 'loft-1': missing (Where the pigeon lives)",
        ),
        (
            ACCOUNT + "retry = {attempts = 'x'}",
            "accounts[0].retry.attempts: account 'loft-1': must",
        ),
        (
            ACCOUNT + "weight_grams = 0",
            "accounts[0].weight_grams: account 'loft-1': must be a whole",
        ),
        (
            ACCOUNT + "names = 5",
            "accounts[0].names: account 'loft-1': must be a text or a table, is 5",
        ),
        (
            ACCOUNT + "names = {fr = 'Anne'}",
            "accounts[0].names: account 'loft-1': has the name 'fr', must be of en, es",
        ),
        (ACCOUNT + "rings = ['a', 2]", "accounts[0].rings[1]: account 'loft-1': must be a text"),
        (ACCOUNT.replace("loft-1", "Loft 1"), "accounts[0].id: 'Loft 1' must be 1 to 64 of a-z"),
        (ACCOUNT.replace("loft-1", "a" * 65), "must be 1 to 64 of a-z"),
        (ACCOUNT * 2, "accounts[1].id: 'loft-1' is the id of accounts[0] already"),
        (ACCOUNT + ACCOUNT.replace("loft-1", "loft.1"), "accounts[1].id: 'loft.1' is too like"),
        (ACCOUNT.replace('"k"', "[]"), "must be one or two secrets, has 0"),
        (ACCOUNT.replace('"k"', '["a", "b", "c"]'), "must be one or two secrets, has 3"),
        (ACCOUNT.replace('"k"', '""'), "accounts[0].key: account 'loft-1': the secret is empty"),
        (ACCOUNT.replace('"k"', '{env = "NO"}'), "the environment variable NO is not set"),
        (ACCOUNT.replace('"k"', '{file = "no"}'), "no cannot be read: No such file or directory"),
        (ACCOUNT.replace('"k"', '{vault = "x"}'), 'must be "…", {env = "NAME"} or {file = "PATH"}'),
    ],
)
def test_errors_name_the_path_and_what_would_be_right(write: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(write, text)
    assert told in str(caught.value)
    assert str(caught.value).startswith(str(write))


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        (
            "RELEVO_HTTP_PUBLIK",
            "x",
            "RELEVO_HTTP_PUBLIK: unknown variable; did you mean RELEVO_HTTP",
        ),
        (
            "RELEVO_SPOOL_MAX_BYTES",
            "1G",
            "spool.max_bytes (RELEVO_SPOOL_MAX_BYTES): must be a whole",
        ),
        ("RELEVO_MEDIA_ENABLED", "maybe", "media.enabled (RELEVO_MEDIA_ENABLED): must be true or"),
        ("RELEVO_HTTP_PUBLIC", "x", "http.public (RELEVO_HTTP_PUBLIC): 'x' is no address"),
        ("RELEVO_ACCOUNTS_LOFT_1_LOFTS", "x", "'loft-1' has no such key; did you mean LOFT?"),
        ("RELEVO_ACCOUNTS_ROOF_KEY", "x", "RELEVO_ACCOUNTS_ROOF_KEY: there is no such account"),
        ("RELEVO_ACCOUNTS_NEW_CHANNEL", "dove", "account 'new': no plugin offers 'dove'"),
        (
            "RELEVO_ACCOUNTS_LOFT_1_BREED",
            "dove",
            "accounts[0].breed (RELEVO_ACCOUNTS_LOFT_1_BREED)",
        ),
    ],
)
def test_errors_name_the_variable_they_came_from(
    write: Path, name: str, value: str, told: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        read(write, ACCOUNT, **{name: value})
    assert told in str(caught.value)


def test_every_problem_is_told_at_once(write: Path) -> None:
    text = "[http]\npublik = 1\nprivate = 'x'\n[log]\nlevel = 1\n" + ACCOUNT.replace("roof", "")
    with pytest.raises(SettingsError) as caught:
        read(write, text.replace("key", "kay"), RELEVO_NOPE="1")
    told = str(caught.value)
    assert "6 settings are wrong" in told
    for path in (
        "http.publik",
        "http.private",
        "log.level",
        "accounts[0].kay",
        "accounts[0].key",
        "RELEVO_NOPE",
    ):
        assert f"\n  {path}: " in told


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("RELEVO_DATA_DIR", "/data", "data_dir='/data'"),
        ("RELEVO_HTTP_PUBLIC", "[::]:80", "public='[::]:80'"),
        ("RELEVO_STREAMS_PARTITIONS", "4", "partitions=4"),
        ("RELEVO_MEDIA_ENABLED", "off", "enabled=False"),
        ("RELEVO_MEDIA_ENABLED", "TRUE", "enabled=True"),
        ("RELEVO_LOG_LEVEL", "debug", "level='debug'"),
        ("RELEVO_PLUGINS_DISABLED", "a, b", "disabled=('a', 'b')"),
        ("RELEVO_PLUGINS_DISABLED", '["a,b"]', "disabled=('a,b',)"),
        ("RELEVO_PLUGINS_DISABLED", "", "disabled=()"),
    ],
)
def test_every_key_can_be_set_in_the_environment_which_wins(
    write: Path, name: str, value: str, expected: str
) -> None:
    file = "data_dir = 'x'\n[http]\npublic = ':1'\n[streams]\npartitions = 2\n[log]\nlevel = 'info'"
    assert expected in repr(read(write, file, **{name: value}).settings)


def test_variables_complete_an_account_of_the_file(write: Path) -> None:
    (account,) = read(
        write,
        ACCOUNT.replace('key = "k"', ""),
        RELEVO_ACCOUNTS_LOFT_1_KEY='["new", "old"]',
        RELEVO_ACCOUNTS_LOFT_1_TOKEN="{not json",  # noqa: S106 - a made-up one
        RELEVO_ACCOUNTS_LOFT_1_LOFT="42",
        RELEVO_ACCOUNTS_LOFT_1_WEIGHT_GRAMS="280",
        RELEVO_ACCOUNTS_LOFT_1_RINGS="a,b",
        RELEVO_ACCOUNTS_LOFT_1_RETRY_ATTEMPTS="9",
    ).accounts
    assert account == PigeonSettings(
        id="loft-1",
        channel="pigeon",
        loft="42",
        key=Secrets("new", "old"),
        token=Secret("{not json"),
        weight_grams=280,
        rings=("a", "b"),
        retry=Retry(attempts=9),
    )


def test_an_account_may_live_in_the_environment_alone() -> None:
    environ = {
        "RELEVO_ACCOUNTS_NORTH_LOFT_CHANNEL": "pigeon",
        "RELEVO_ACCOUNTS_NORTH_LOFT_LOFT": "roof",
        "RELEVO_ACCOUNTS_NORTH_LOFT_KEY": '{"env": "PIGEON_KEY"}',
        "PIGEON_KEY": "k",
    }
    (account,) = load(CHANNELS, config=None, environ=environ).accounts
    assert (account.id, account.loft, account.key) == ("north-loft", "roof", Secrets("k"))


def test_the_longer_account_name_takes_the_variable(write: Path) -> None:
    both = ACCOUNT.replace("loft-1", "a") + ACCOUNT.replace("loft-1", "a-retry")
    first, second = read(write, both, RELEVO_ACCOUNTS_A_RETRY_LOFT="x").accounts
    assert (first.loft, second.loft) == ("roof", "x")


@pytest.mark.parametrize(
    "name",
    [
        "RELEVO_PORT",
        "RELEVO_SERVICE_HOST",
        "RELEVO_WEB_SERVICE_PORT_HTTP",
        "RELEVO_PORT_80_TCP_ADDR",
    ],
)
def test_what_kubernetes_adds_for_a_service_called_relevo_is_no_mistake(name: str) -> None:
    load(CHANNELS, config=None, environ={name: "tcp://10.0.0.1:80"})


def test_secret_files_are_found_beside_the_settings_file(write: Path) -> None:
    (write.parent / "key").write_text("k\n", "utf-8")
    (account,) = read(write, ACCOUNT.replace('"k"', '{file = "key"}')).accounts
    assert account.key == Secrets("k")


@pytest.mark.parametrize(
    "wrong",
    [
        ACCOUNT.replace('"k"', '["hunter2", "hunter2", "hunter2"]'),
        ACCOUNT.replace('"k"', '"hunter2"') + "nope = 1",
        ACCOUNT.replace('"k"', '{plain = "hunter2"}'),
        ACCOUNT.replace('"k"', '[["hunter2"]]'),
        "[redis]\nurl = 'http://:hunter2@host'",
        "[redis]\nurl = 'hunter2'",
        "[redis]\nurl = 'redis://:hunter2@host'\n[http]\nnope = 1",
    ],
)
def test_no_error_shows_a_secret(write: Path, wrong: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(write, wrong)
    assert "hunter2" not in str(caught.value)


def test_an_unquoted_number_is_not_shown_where_a_secret_belongs(write: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read(write, ACCOUNT.replace('"k"', "467282"))
    assert "467282" not in str(caught.value)


def test_printing_a_configuration_shows_no_secret(write: Path) -> None:
    url = "[redis]\nurl = 'redis+sentinel://me:hunter2@host/main?sentinel_password=hunter2'\n"
    shown = repr(read(write, url + ACCOUNT.replace('"k"', '"hunter2"')))
    assert "hunter2" not in shown
    assert "redis+sentinel://" in shown


def test_disabled_plugins_are_known_before_their_accounts_are_read(write: Path) -> None:
    write.write_text("[plugins]\ndisabled = ['pigeon']\n[[accounts]]\nbroken = 1", "utf-8")
    assert disabled_plugins(config=write, environ={}) == ("pigeon",)
    assert disabled_plugins(config=write, environ={"RELEVO_PLUGINS_DISABLED": "a"}) == ("a",)


def test_a_missing_file_is_told() -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml cannot be read: No such file"):
        load(CHANNELS, config=Path("nowhere.toml"), environ={})


def test_the_settings_beside_the_accounts_are_had_without_their_secrets(write: Path) -> None:
    write.write_text("data_dir = 'd'\n" + ACCOUNT.replace('"k"', '{env = "NO"}'), "utf-8")
    assert load_settings(config=write, environ={"RELEVO_LOG_LEVEL": "debug"}) == Settings(
        data_dir="d", log=LogSettings(level="debug")
    )
    with pytest.raises(SettingsError, match="the environment variable NO is not set"):
        load(CHANNELS, config=write, environ={})


def test_without_the_accounts_what_is_wrong_beside_them_is_told_all_the_same(write: Path) -> None:
    write.write_text("[htp]\n", "utf-8")
    with pytest.raises(SettingsError, match="htp: unknown key; did you mean http"):
        load_settings(config=write, environ={})
    with pytest.raises(SettingsError, match="RELEVO_LOG_LEVEL"):
        load_settings(config=None, environ={"RELEVO_LOG_LEVEL": "loud"})
