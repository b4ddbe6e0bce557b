"""What the documents say about the tree must be so."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import msgspec
import pytest
from redis.asyncio import Redis

from gateway import loader
from gateway.bus import keys
from gateway.cli.main import relevo
from gateway.codec import asked, stream
from gateway.edge.outbound.fallback import mistakes
from gateway.model.event import Event, type_of
from gateway.model.outbound import OutboundMessage
from gateway.model.template_content import Template, TextParameter
from gateway.settings.load import load
from gateway.telemetry import logs
from gateway.testing.valkey import ValkeyServer

ROOT: Final = Path(__file__).parents[2]
FENCE: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE_SPAN: Final = re.compile(r"`([^`\n]+)`")
LINK: Final = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
HEADING: Final = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
MAKE: Final = re.compile(r"(?:^|&& |\$ )make((?: [a-z]+)+)", re.MULTILINE)
RELEVO: Final = re.compile(r"(?:^|[ /])relevo ([a-z][a-z-]*)((?: [^\s#|&>]+)*)", re.MULTILINE)
TREE_PATH: Final = re.compile(
    r"(?:gateway|plugins|tests|docs|etc|contrib|bench|changes|\.ci)/[a-z0-9_./-]*"
)


def _documents() -> Iterator[Path]:
    for top in sorted(ROOT.iterdir()):
        if top.suffix == ".md":
            yield top
        elif top.is_dir() and not top.name.startswith((".", "dist", "build", "relevo-data")):
            yield from sorted(top.rglob("*.md"))


DOCUMENTS: Final = tuple(_documents())
every_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=[str(each.relative_to(ROOT)) for each in DOCUMENTS]
)


def _prose(document: Path) -> str:
    return FENCE.sub("", document.read_text())


def _blocks(document: Path, language: str) -> list[str]:
    return [body for name, body in FENCE.findall(document.read_text()) if name == language]


def _code(document: Path) -> Iterator[str]:
    """Yield what a document shows as code: commands and names, not prose."""
    yield from CODE_SPAN.findall(_prose(document))
    yield from (body for _, body in FENCE.findall(document.read_text()))


def _anchors(document: Path) -> set[str]:
    """Return the anchors of a page's headings, as code hosting sites make them."""
    texts = (re.sub(r"\[([^\]]*)\]\([^)]*\)|`", r"\1", each) for each in _headings(document))
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in texts}


def _headings(document: Path) -> list[str]:
    return HEADING.findall(_prose(document))


def _links(document: Path) -> list[tuple[Path, str]]:
    """Return the file and the anchor of each link that stays in the tree."""
    inside = [each for each in LINK.findall(_prose(document)) if "://" not in each]
    parts = [each.partition("#") for each in inside if not each.startswith("mailto:")]
    return [
        ((document.parent / path).resolve() if path else document, anchor)
        for path, _, anchor in parts
    ]


@every_document
def test_every_link_leads_somewhere(document: Path) -> None:
    dead = [
        f"{target.relative_to(ROOT)}#{anchor}"
        for target, anchor in _links(document)
        if not _is_there(target) or (anchor and anchor not in _anchors(target))
    ]
    assert dead == []


def _is_there(target: Path) -> bool:
    """Whether a clone has it: empty folders are not kept."""
    return any(target.iterdir()) if target.is_dir() else target.exists()


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached = {ROOT / "README.md"}
    waiting = list(reached)
    while waiting:
        new = {target for target, _ in _links(waiting.pop()) if target.suffix == ".md"} - reached
        reached |= new
        waiting += [each for each in new if each.exists()]
    pages = {each for each in DOCUMENTS if each.is_relative_to(ROOT / "docs")}
    assert sorted(str(each.relative_to(ROOT)) for each in pages - reached) == []


@every_document
def test_every_path_that_is_named_exists(document: Path) -> None:
    named = {each for span in CODE_SPAN.findall(_prose(document)) for each in span.split()}
    paths = sorted(each for each in named if TREE_PATH.fullmatch(each))
    assert [each for each in paths if not (ROOT / each).exists()] == []


@every_document
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        word for code in _code(document) for found in MAKE.findall(code) for word in found.split()
    }
    assert sorted(named - targets) == []


@every_document
def test_every_command_and_option_that_is_named_exists(document: Path) -> None:
    unknown: list[str] = []
    for code in _code(document):
        for name, rest in RELEVO.findall(code):
            if f"relevo {name}" in logs.TABLE:
                continue  # what the daemon logs when it starts and stops
            options = {word.partition("=")[0] for word in rest.split() if word.startswith("--")}
            unknown += _unknown(name, options)
    assert unknown == []


def _unknown(name: str, options: set[str]) -> list[str]:
    command = relevo.get_command(click.Context(relevo), name)
    if command is None:
        return [f"relevo {name}"]
    every = [command, *(command.commands.values() if isinstance(command, click.Group) else ())]
    known = {
        flag for one in every for each in one.params for flag in (*each.opts, *each.secondary_opts)
    }
    return [f"relevo {name} {each}" for each in sorted(options - known - {"--help"})]


STRANGER: Final = ROOT / "contrib/relevo-channel-example"
"""Its channel is installed where its own tests run."""
SETTINGS: Final = [
    pytest.param(block, id=f"{document.relative_to(ROOT)}-{number}")
    for document in DOCUMENTS
    if not document.is_relative_to(STRANGER)
    for number, block in enumerate(_blocks(document, "toml"))
    if "[project" not in block
]


@pytest.mark.parametrize("block", SETTINGS)
def test_every_example_of_settings_can_be_loaded(block: str, tmp_path: Path) -> None:
    file = tmp_path / "relevo.toml"
    file.write_text(block)
    for name in re.findall(r"\{ ?file = \"([^\"]+)\"", block):
        (tmp_path / name).write_text("secret")  # an absolute path would fail here, and should
    variables = re.findall(r"\{ ?env = \"([^\"]+)\"", block)
    channels = {name: each.settings_type for name, each in loader.load().channels.items()}
    loaded = load(
        channels, config=file, environ=dict.fromkeys(variables, "a-secret-of-some-length")
    )
    assert len(loaded.accounts) == block.count("[[accounts]]")


def test_the_example_of_the_readme_has_an_account() -> None:
    assert any("[[accounts]]" in each for each in _blocks(ROOT / "README.md", "toml"))


def test_the_readme_counts_the_recorded_bodies() -> None:
    bodies = sum(1 for _ in (ROOT / "tests/corpus").rglob("*.json"))
    assert f"| {bodies} [webhook bodies]" in (ROOT / "README.md").read_text()


async def test_the_consumer_of_the_readme_prints_what_contacts_write(
    valkey_server: ValkeyServer, valkey: Redis, tmp_path: Path
) -> None:
    (program,) = _blocks(ROOT / "README.md", "python")
    (tmp_path / "relevo-data").mkdir()
    (tmp_path / "relevo-data/valkey.sock").symlink_to(valkey_server.socket)
    await valkey.hset(keys.layout(), mapping={"partitions": 1, "version": 1})
    example = msgspec.json.decode(_blocks(ROOT / "docs/events.md", "json")[0], type=Event)
    kind, data = type_of(example).encode(), stream.encode(example)
    await valkey.xadd(keys.events(0), {stream.TYPE: kind, stream.DATA: data})
    consumer = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", "-c", program), cwd=tmp_path, stdout=asyncio.subprocess.PIPE
    )
    assert consumer.stdout is not None
    try:
        printed = await asyncio.wait_for(consumer.stdout.readline(), 30)
    finally:
        consumer.kill()
        await consumer.wait()
    assert printed == b"Sheena Nelson wrote: Does it come in another color?\n"


async def test_the_sender_of_the_page_about_sending_gives_a_message(
    valkey_server: ValkeyServer, valkey: Redis
) -> None:
    (program,) = _blocks(ROOT / "docs/sending.md", "python")
    await valkey.hset(keys.layout(), mapping={"partitions": 1, "version": 1})
    names: dict[str, Any] = {"__name__": "example"}
    exec(program, names)  # noqa: S102 - the page's own example
    await names["main"](valkey_server.url)
    client: Any = valkey
    ((_, fields),) = await client.xrange(keys.send(0))
    message = msgspec.msgpack.decode(fields[b"message"], type=OutboundMessage)
    assert (message.account, message.metadata) == ("wa-main", {"order": "A-17"})


MESSAGES: Final = [
    pytest.param(block, id=f"{document.relative_to(ROOT)}-{number}")
    for document in DOCUMENTS
    for number, block in enumerate(_blocks(document, "json"))
    if '"to"' in block and '"content"' in block
]


@pytest.mark.parametrize("block", MESSAGES)
def test_every_example_of_a_message_can_be_given(block: str) -> None:
    message = asked.converted({"account": "any"} | asked.json(block.encode()), OutboundMessage)
    assert message.fallback is None or mistakes(message.fallback.template) == ()


def test_the_mistake_that_the_page_about_filling_shows_is_told_so() -> None:
    template = Template(name="t", language="es", body=(TextParameter(text="{{ message.txt }}"),))
    (told,) = mistakes(template)
    sentence, _, _ = told.explanation.partition(" (")
    assert f'"{sentence}"' in (ROOT / "docs/filling.md").read_text()


def test_the_examples_of_events_are_events() -> None:
    types = [
        type_of(msgspec.json.decode(block, type=Event, strict=True))
        for block in _blocks(ROOT / "docs/events.md", "json")
    ]
    assert types == ["message.received", "message.status"]


def test_every_fragment_of_the_changelog_is_named_as_its_page_says() -> None:
    names = {each.name for each in (ROOT / "changes").glob("*.md")} - {"README.md"}
    named = re.compile(r"(\+[a-z-]+|[0-9]+)\.(added|changed|fixed|removed)\.md")
    assert sorted(each for each in names if not named.fullmatch(each)) == []


def test_every_decision_has_a_number_of_its_own_and_stands_in_the_list() -> None:
    folder = ROOT / "docs/decisions"
    pages = sorted(folder.glob("[0-9]*.md"))
    numbers = [each.name[:4] for each in pages]
    assert len(set(numbers)) == len(numbers)
    listed = {target for target, _ in _links(folder / "README.md")}
    assert [each.name for each in pages if each not in listed] == []


def test_both_lock_files_pin_the_same_versions() -> None:
    daemon, tools = (
        dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert {name: tools.get(name) for name in daemon} == daemon


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_lock_files_name_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "--hash=sha256:" in text
    assert "://" not in text
