"""What a start makes of a spool file that was damaged, and what of one that is damaged later."""

from __future__ import annotations

import os
import tempfile
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from gateway.edge import spoolfile
from gateway.edge.entry import Unit
from gateway.edge.spool import Spool
from gateway.edge.spoolfile import FORM, HEAD
from gateway.errors import LayoutMismatch, StoreError
from gateway.telemetry import logs
from tests.unit.edge.disk import files_up_to

MANY = 100


def unit(number: int, *, length: int = 20) -> Unit:
    return Unit([b"%d" % number, b"x" * length], (("whatsapp", "message.received"),))


def opened(folder: Path, *, max_bytes: int = 1 << 30) -> Spool:
    return Spool(folder, max_bytes=max_bytes, partitions=8)


def written(folder: Path, count: int) -> Path:
    """Write so many records, of which each is as long as the others."""
    spool = opened(folder)
    spool.append(3, [unit(each) for each in range(count)])
    spool.close()
    return folder / "03.spool"


def numbers(spool: Spool) -> list[int]:
    found = spool.read(3, 0, MANY)
    assert found is not None
    return [int(each.words[0]) for each, _ in found]


def begin_of(path: Path, number: int, *, of: int) -> int:
    """Return where a record begins in a file of records that are equally long."""
    return len(FORM) + number * (path.stat().st_size - len(FORM)) // of


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def test_one_damaged_record_does_not_take_those_behind_it_along(tmp_path: Path) -> None:
    path = written(tmp_path, 5)
    begin, end = begin_of(path, 2, of=5), begin_of(path, 3, of=5)
    flip(path, begin + HEAD.size + 4)
    damaged = path.read_bytes()[begin:end]
    with capture_logs() as told:
        spool = opened(tmp_path)
    assert numbers(spool) == [0, 1, 3, 4]
    assert (tmp_path / "03.torn").read_bytes() == damaged
    assert told == [
        {
            "event": logs.SPOOL_DAMAGED,
            "log_level": "warning",
            "file": "03.spool",
            "where": "middle",
            "bytes": len(damaged),
        }
    ]
    spool.append(3, [unit(5)])
    assert numbers(spool) == [0, 1, 3, 4, 5]
    spool.close()


def test_a_mended_file_is_whole_at_the_next_start(tmp_path: Path) -> None:
    path = written(tmp_path, 5)
    flip(path, begin_of(path, 0, of=5) + HEAD.size)
    opened(tmp_path).close()
    aside = (tmp_path / "03.torn").read_bytes()
    with capture_logs() as told:
        spool = opened(tmp_path)
    assert numbers(spool) == [1, 2, 3, 4]
    spool.close()
    assert told == []
    assert (tmp_path / "03.torn").read_bytes() == aside


def test_damage_and_a_torn_end_are_put_aside_in_their_order(tmp_path: Path) -> None:
    path = written(tmp_path, 5)
    flip(path, begin_of(path, 1, of=5) + HEAD.size)
    one, two, last = (begin_of(path, each, of=5) for each in (1, 2, 4))
    os.truncate(path, path.stat().st_size - 3)
    content = path.read_bytes()
    with capture_logs() as told:
        spool = opened(tmp_path)
    assert numbers(spool) == [0, 2, 3]
    spool.close()
    assert (tmp_path / "03.torn").read_bytes() == content[one:two] + content[last:]
    assert [each["where"] for each in told] == ["middle", "end"]


def test_what_stands_behind_a_damaged_length_is_put_aside_whole(tmp_path: Path) -> None:
    path = written(tmp_path, 5)
    begin = begin_of(path, 2, of=5)
    flip(path, begin + 3)
    rest = path.read_bytes()[begin:]
    spool = opened(tmp_path)
    assert numbers(spool) == [0, 1]
    spool.close()
    assert (tmp_path / "03.torn").read_bytes() == rest


def test_a_damaged_length_of_many_bytes_is_not_taken_into_memory(tmp_path: Path) -> None:
    path, size = written(tmp_path, 5), 1 << 26
    begin = begin_of(path, 2, of=5)
    with path.open("r+b") as file:
        file.seek(begin)
        file.write(HEAD.pack(size // 2, 1))
        file.truncate(size)
    tracemalloc.start()
    try:
        opened(tmp_path).close()
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (tmp_path / "03.torn").stat().st_size == size - begin
    assert most < size // 8


def test_a_record_that_is_read_in_parts_is_whole_or_damaged_as_any_other(tmp_path: Path) -> None:
    long = unit(1, length=2 * spoolfile.PART_BYTES)
    spool = opened(tmp_path)
    spool.append(3, [unit(0), long])
    place = len(FORM) + spool.waiting(3) - 1
    spool.append(3, [unit(2)])
    spool.close()
    spool = opened(tmp_path)
    assert numbers(spool) == [0, 1, 2]
    spool.close()
    flip(tmp_path / "03.spool", place)
    spool = opened(tmp_path)
    assert numbers(spool) == [0, 2]
    assert (tmp_path / "03.torn").stat().st_size == len(spoolfile.record(long))
    spool.close()


def test_a_record_of_another_content_is_damaged_though_its_checksum_is_right(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, 2)
    with path.open("ab") as file:
        file.write(HEAD.pack(4, crc32(b"what")) + b"what" + spoolfile.record(unit(2)))
    spool = opened(tmp_path)
    assert numbers(spool) == [0, 1, 2]
    spool.close()


def test_a_bad_end_is_cut_off_without_a_new_file(tmp_path: Path) -> None:
    path = written(tmp_path, 5)
    flip(path, path.stat().st_size - 1)
    number = path.stat().st_ino
    spool = opened(tmp_path)
    assert numbers(spool) == [0, 1, 2, 3]
    spool.close()
    assert path.stat().st_ino == number


def test_what_a_crash_left_of_mending_does_no_harm(tmp_path: Path) -> None:
    path = written(tmp_path, 5)
    flip(path, begin_of(path, 2, of=5) + HEAD.size)
    (tmp_path / "03.new").write_bytes(FORM + b"half a record, and longer than the file" * 100)
    spool = opened(tmp_path)
    assert numbers(spool) == [0, 1, 3, 4]
    spool.close()
    assert not (tmp_path / "03.new").exists()


def test_only_its_user_may_read_what_was_mended_and_put_aside(tmp_path: Path) -> None:
    path = written(tmp_path, 5)
    flip(path, begin_of(path, 2, of=5) + HEAD.size)
    opened(tmp_path).close()
    for name in ("03.spool", "03.torn"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("room", [10, 150], ids=["to put aside", "for the new file"])
def test_a_disk_without_room_for_mending_stops_the_start_and_changes_nothing(
    tmp_path: Path, room: int
) -> None:
    path = written(tmp_path, 5)
    flip(path, begin_of(path, 2, of=5) + HEAD.size)
    (tmp_path / "03.torn").write_bytes(b"of earlier")
    before = path.read_bytes()
    with files_up_to(room), pytest.raises(StoreError, match="the spool cannot be used"):
        opened(tmp_path)
    assert path.read_bytes() == before
    assert (tmp_path / "03.torn").read_bytes() == b"of earlier"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["03.spool", "03.torn", "lock"]
    spool = opened(tmp_path)
    assert numbers(spool) == [0, 1, 3, 4]
    spool.close()


def test_what_is_damaged_after_the_start_is_put_aside_while_it_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, 5)
    spool = opened(tmp_path)
    flip(path, begin_of(path, 2, of=5) + HEAD.size)
    size = spool.waiting(3)
    assert spool.read(3, 0, MANY) is None
    assert numbers(spool) == [0, 1, 3, 4]
    assert spool.waiting(3) < size
    spool.append(3, [unit(5)])
    assert numbers(spool) == [0, 1, 3, 4, 5]
    spool.close()


def test_a_file_that_was_mended_while_it_is_read_is_emptied_as_any_other(tmp_path: Path) -> None:
    path = written(tmp_path, 5)
    spool = opened(tmp_path)
    flip(path, begin_of(path, 2, of=5) + HEAD.size)
    assert spool.read(3, 0, MANY) is None
    spool.clear(3)
    assert path.read_bytes() == FORM
    spool.close()


def test_what_cannot_be_mended_for_want_of_room_is_mended_later(tmp_path: Path) -> None:
    path = written(tmp_path, 5)
    spool = opened(tmp_path)
    flip(path, begin_of(path, 2, of=5) + HEAD.size)
    for _ in range(2):
        stays = pytest.raises(StoreError, match=r"03\.spool is damaged, and stays so: ")
        with files_up_to(150), stays:
            spool.read(3, 0, MANY)
    spool.append(3, [unit(5)])
    assert spool.read(3, 0, MANY) is None
    assert numbers(spool) == [0, 1, 3, 4, 5]
    spool.close()


def test_nothing_is_mended_once_another_process_may_have_the_folder(tmp_path: Path) -> None:
    path = written(tmp_path, 5)
    spool = opened(tmp_path)
    flip(path, begin_of(path, 2, of=5) + HEAD.size)
    before = path.read_bytes()
    spool.close()
    with pytest.raises(StoreError, match=r"03\.spool is damaged, and is mended at the next start"):
        spool.read(3, 0, MANY)
    assert path.read_bytes() == before


def test_a_file_that_the_disk_does_not_let_be_emptied_is_told_and_emptied_later(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, 5)
    spool = opened(tmp_path)
    flip(path, begin_of(path, 2, of=5) + HEAD.size)
    assert spool.read(3, 0, MANY) is None
    away = path.rename(tmp_path / "away")
    path.mkdir()
    with pytest.raises(StoreError, match=r"03\.spool cannot be emptied: Is a directory"):
        spool.clear(3)
    assert spool.waiting(3)
    path.rmdir()
    away.rename(path)
    assert numbers(spool) == [0, 1, 3, 4]
    spool.clear(3)
    assert not spool.waiting(3)
    spool.close()


def test_a_damaged_length_does_not_hide_what_is_written_later(tmp_path: Path) -> None:
    path = written(tmp_path, 5)
    spool = opened(tmp_path)
    flip(path, begin_of(path, 2, of=5) + 3)
    assert spool.read(3, 0, MANY) is None
    spool.append(3, [unit(5)])
    spool.close()
    spool = opened(tmp_path)
    assert numbers(spool) == [0, 1, 5]
    spool.close()


def test_a_file_that_somebody_cut_is_read_to_where_it_ends_now(tmp_path: Path) -> None:
    path = written(tmp_path, 5)
    spool = opened(tmp_path)
    os.truncate(path, begin_of(path, 3, of=5))
    assert spool.read(3, 0, MANY) is None
    assert numbers(spool) == [0, 1, 2]
    spool.close()


def test_a_file_that_cannot_be_read_any_more_is_told_as_such(tmp_path: Path) -> None:
    path = written(tmp_path, 5)
    spool = opened(tmp_path)
    path.unlink()
    with pytest.raises(StoreError, match=r"03\.spool cannot be read: No such file"):
        spool.read(3, 0, MANY)
    spool.close()


def test_events_of_a_partition_that_there_is_not_stop_the_start(tmp_path: Path) -> None:
    path = written(tmp_path, 5)
    path.rename(tmp_path / "11.spool")
    with pytest.raises(LayoutMismatch, match=r"11\.spool .* streams\.partitions is 8"):
        opened(tmp_path)
    spool = Spool(tmp_path, max_bytes=1 << 30, partitions=12)
    assert spool.waiting(11)
    spool.clear(11)
    spool.close()
    opened(tmp_path).close()


Damage = tuple[str, int, int]


@st.composite
def damaged(draw: st.DrawFn) -> tuple[Sequence[Unit], bytes, bytes]:
    """Return units, the file that was written of them, and what became of it."""
    lengths = draw(st.lists(st.integers(0, 300), min_size=1, max_size=20))
    units = [unit(number, length=length) for number, length in enumerate(lengths)]
    whole = FORM + b"".join(spoolfile.record(each) for each in units)
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        if len(content) <= len(FORM):
            break
        begin = draw(st.integers(len(FORM), len(content) - 1))
        match draw(st.sampled_from(("flip", "zero", "cut"))):
            case "flip":
                content[begin] ^= draw(st.integers(1, 255))
            case "zero":
                end = min(len(content), begin + draw(st.integers(1, 500)))
                content[begin:end] = bytes(end - begin)
            case _:
                del content[begin:]
    return units, whole, bytes(content)


@given(damaged())
def test_whatever_is_damaged_every_other_record_stays(
    case: tuple[Sequence[Unit], bytes, bytes],
) -> None:
    units, whole, content = case
    untouched, surely, aside = [], [], []
    known, begin = True, len(FORM)
    for each in units:
        end = begin + len(spoolfile.record(each))
        if content[begin:end] == whole[begin:end]:
            untouched.append(each)
            if known:
                surely.append(each)
        else:
            aside.append(content[begin:end])
            # The place of what comes behind a damaged length is not known.
            known = known and content[begin : begin + 4] == whole[begin : begin + 4]
        begin = end
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "03.spool").write_bytes(content)
        spool = opened(folder)
        kept = [each for each, _ in spool.read(3, 0, MANY) or ()]
        spool.close()
        torn = folder / "03.torn"
        put_aside = torn.read_bytes() if torn.exists() else b""
        mended = (folder / "03.spool").read_bytes()
    assert [each for each in kept if each in surely] == surely
    assert [each for each in untouched if each in kept] == kept
    assert all(each in put_aside for each in aside)
    assert mended == FORM + b"".join(spoolfile.record(each) for each in kept)
    assert len(mended) + len(put_aside) == len(content)
