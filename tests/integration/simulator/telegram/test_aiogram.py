"""A client nobody here wrote sends through the simulator, and fetches from it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram import Bot, Dispatcher, F, exceptions, types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart

from gateway.testing.telegram import LENIENT, Person, TelegramPlatform
from tests.waiting import until

PICTURE = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture
async def platform() -> AsyncIterator[TelegramPlatform]:
    async with TelegramPlatform(rules=LENIENT) as platform:
        yield platform


@pytest.fixture
async def bot(platform: TelegramPlatform) -> AsyncIterator[Any]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(platform.api_url))
    bot = Bot(platform.token, session=session)
    yield bot
    await bot.session.close()


async def test_it_sends_every_kind(bot: Any, ana: Person) -> None:
    file = types.BufferedInputFile(PICTURE, "foto.jpg")
    sent = [
        await bot.send_message(ana.id, "Olá"),
        await bot.send_photo(ana.id, file, caption="isto"),
        await bot.send_video(ana.id, file),
        await bot.send_animation(ana.id, file),
        await bot.send_audio(ana.id, file),
        await bot.send_voice(ana.id, file),
        await bot.send_video_note(ana.id, file),
        await bot.send_document(ana.id, "https://files.example/a.pdf"),
        await bot.send_sticker(ana.id, file),
        await bot.send_location(ana.id, 38.7, -9.1),
        await bot.send_venue(ana.id, 38.7, -9.1, "Padaria", "Rua 1"),
        await bot.send_contact(ana.id, "+351911", "Rui"),
        await bot.send_poll(ana.id, "Quando?", ["Já", "Não"]),
        await bot.send_dice(ana.id),
    ]
    assert [each.message_id for each in sent] == [each.id for each in ana.inbox]
    album = [types.InputMediaPhoto(media=types.BufferedInputFile(PICTURE, "a")) for _ in range(2)]
    assert len({each.media_group_id for each in await bot.send_media_group(ana.id, album)}) == 1
    assert await bot.send_chat_action(ana.id, "typing")
    assert (await bot.get_chat(ana.id)).first_name == "Ana"


async def test_it_changes_and_takes_back_what_it_said(bot: Any, ana: Person) -> None:
    sent = await bot.send_message(ana.id, "Olá")
    edited = await bot.edit_message_text("Bom dia", chat_id=ana.id, message_id=sent.message_id)
    assert (edited.text, ana.heard) == ("Bom dia", ["Bom dia"])
    asked = ana.writes("Sim?").body["message_id"]
    assert await bot.set_message_reaction(ana.id, asked, [types.ReactionTypeEmoji(emoji="👍")])
    assert await bot.delete_message(ana.id, sent.message_id)
    assert ana.inbox[0].deleted


async def test_it_understands_how_it_is_refused(
    platform: TelegramPlatform, bot: Any, ana: Person
) -> None:
    platform.fail_next(429, "Too Many Requests: retry after 7", retry_after=7)
    with pytest.raises(exceptions.TelegramRetryAfter) as slow:
        await bot.send_message(ana.id, "Olá")
    assert slow.value.retry_after == 7
    ana.blocks()
    with pytest.raises(exceptions.TelegramForbiddenError):
        await bot.send_message(ana.id, "Olá")
    old = platform.group("Padaria", basic=True)
    new = platform.upgrade(old)
    with pytest.raises(exceptions.TelegramMigrateToChat) as moved:
        await bot.send_message(old.id, "Olá")
    assert moved.value.migrate_to_chat_id == new.id


async def test_it_fetches_what_people_do_and_answers(
    platform: TelegramPlatform, bot: Any, ana: Person
) -> None:
    files: list[bytes] = []

    async def start(message: types.Message, command: Any) -> None:
        button = types.InlineKeyboardButton(text="Sim", callback_data="yes")
        keyboard = types.InlineKeyboardMarkup(inline_keyboard=[[button]])
        await message.answer(f"Olá {command.args}", reply_markup=keyboard)

    async def photo(message: types.Message) -> None:
        found = await bot.download(message.photo[-1])
        files.append(found.read())
        await message.reply("bonita")

    async def tap(query: types.CallbackQuery) -> None:
        await query.answer(f"tocou {query.data}")

    async def edited(message: types.Message) -> None:
        await message.answer(f"mudou para {message.text}")

    dispatcher = Dispatcher()
    dispatcher.message.register(start, CommandStart(deep_link=True))
    dispatcher.message.register(photo, F.photo)
    dispatcher.callback_query.register(tap)
    dispatcher.edited_message.register(edited)
    polling = asyncio.create_task(
        dispatcher.start_polling(bot, polling_timeout=5, handle_signals=False)
    )
    wrote = ana.writes("um")
    platform.post(ana.starts("promo"), ana.sends_photo(PICTURE), ana.edits(wrote, "dois"))
    await until(lambda: len(ana.inbox) == 3)
    hello = next(each for each in ana.inbox if each.buttons)
    platform.post(ana.taps(hello, "Sim"))
    await until(lambda: bool(platform.queries.answers) and not platform.updates.pending)
    await dispatcher.stop_polling()
    await polling
    assert sorted(ana.heard) == ["Olá promo", "bonita", "mudou para dois"]
    assert [each["text"] for each in platform.queries.answers.values()] == ["tocou yes"]
    assert files == [PICTURE]
