import fcntl
import os
from pathlib import Path
from threading import Timer

import pytest

from gateway.edge.entry import Unit
from gateway.edge.spool import LOCK, Spool, is_used
from gateway.edge.spoolfile import FORM
from gateway.errors import SpoolFull, StoreError
from tests.unit.edge.disk import files_up_to


def unit(text: str) -> Unit:
    return Unit([text.encode()], (("whatsapp", "message.received"),))


def spool(folder: Path, *, max_bytes: int = 10_000) -> Spool:
    return Spool(folder, max_bytes=max_bytes, partitions=8)


def content(opened: Spool, partition: int = 3) -> list[Unit]:
    return [each for each, _ in opened.read(partition, 0, 10) or ()]


def test_what_was_written_is_read_in_order(tmp_path: Path) -> None:
    opened = spool(tmp_path)
    opened.append(3, [unit("one"), unit("two")])
    opened.append(3, [unit("three")])
    assert content(opened) == [unit("one"), unit("two"), unit("three")]
    opened.close()


def test_reading_can_go_on_from_where_it_was(tmp_path: Path) -> None:
    opened = spool(tmp_path)
    opened.append(3, [unit("one"), unit("two")])
    ((_, place),) = opened.read(3, 0, 1) or ()
    assert [each for each, _ in opened.read(3, place, 10) or ()] == [unit("two")]
    opened.close()


def test_what_an_earlier_run_wrote_is_found(tmp_path: Path) -> None:
    first = spool(tmp_path)
    first.append(3, [unit("one")])
    first.close()
    second = spool(tmp_path)
    assert second.waiting(3)
    assert not second.waiting(4)
    assert content(second) == [unit("one")]
    second.close()


@pytest.mark.parametrize("lost", range(1, 20))
def test_a_torn_last_record_is_cut_off_and_put_aside(tmp_path: Path, lost: int) -> None:
    first = spool(tmp_path)
    first.append(3, [unit("one")])
    whole = first.size_bytes
    first.append(3, [unit("two")])
    first.close()
    path = tmp_path / "03.spool"
    os.truncate(path, path.stat().st_size - lost)
    second = spool(tmp_path)
    assert content(second) == [unit("one")]
    assert second.size_bytes == whole
    assert (tmp_path / "03.torn").stat().st_size > 0
    second.append(3, [unit("three")])
    assert content(second) == [unit("one"), unit("three")]
    second.close()


def test_zeros_that_the_disk_put_behind_the_last_record_are_no_records(tmp_path: Path) -> None:
    first = spool(tmp_path)
    first.append(3, [unit("one")])
    first.close()
    with (tmp_path / "03.spool").open("ab") as file:
        file.write(bytes(4096))
    second = spool(tmp_path)
    assert content(second) == [unit("one")]
    second.append(3, [unit("two")])
    assert content(second) == [unit("one"), unit("two")]
    second.close()


def test_what_was_put_aside_is_kept_when_more_is(tmp_path: Path) -> None:
    for lost in (b"first", b"second"):
        with (tmp_path / "03.spool").open("wb") as file:
            file.write(FORM + lost)
        spool(tmp_path).close()
    assert (tmp_path / "03.torn").read_bytes() == b"firstsecond"


@pytest.mark.parametrize("name", ["kept.spool", "3.spool", "003.spool", "٠٣.spool"])
def test_a_file_that_is_called_after_no_partition_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FORM)
    with pytest.raises(StoreError, match="its name is no partition"):
        spool(tmp_path)


def test_a_file_that_cannot_be_read_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "03.spool").mkdir()
    with pytest.raises(StoreError, match=r"03\.spool"):
        spool(tmp_path)


def test_whether_a_spool_is_used_can_be_asked_without_taking_it(tmp_path: Path) -> None:
    assert not is_used(tmp_path)
    opened = spool(tmp_path)
    assert is_used(tmp_path)
    opened.close()
    assert not is_used(tmp_path)
    spool(tmp_path).close()


def test_a_first_line_that_was_cut_off_is_written_again(tmp_path: Path) -> None:
    (tmp_path / "03.spool").write_bytes(FORM[:5])
    opened = spool(tmp_path)
    opened.append(3, [unit("one")])
    assert content(opened) == [unit("one")]
    opened.close()


def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "03.spool").write_bytes(b"not ours at all, by the look of it")
    with pytest.raises(StoreError, match=r"03\.spool is not a spool file"):
        spool(tmp_path)
    assert (tmp_path / "03.spool").read_bytes().startswith(b"not ours")


def test_more_than_the_limit_is_refused_whole(tmp_path: Path) -> None:
    opened = spool(tmp_path, max_bytes=200)
    opened.append(3, [unit("x" * 100)])
    with pytest.raises(SpoolFull, match="of 200 bytes"):
        opened.append(3, [unit("y" * 100)])
    assert opened.refused is not None
    assert content(opened) == [unit("x" * 100)]
    opened.close()


def test_the_limit_counts_all_partitions_together(tmp_path: Path) -> None:
    opened = spool(tmp_path, max_bytes=200)
    opened.append(3, [unit("x" * 100)])
    with pytest.raises(SpoolFull):
        opened.append(4, [unit("y" * 100)])
    opened.close()


def test_a_disk_that_refuses_is_a_full_spool(tmp_path: Path) -> None:
    opened = spool(tmp_path)
    opened.append(3, [unit("one")])
    os.close(opened._files[3])
    opened._files[3] = os.open(tmp_path / "03.spool", os.O_RDONLY)
    with pytest.raises(SpoolFull, match="cannot be written"):
        opened.append(3, [unit("two")])
    assert content(opened) == [unit("one")]
    opened.close()


def test_a_disk_that_stays_full_costs_no_open_file_with_each_try(tmp_path: Path) -> None:
    opened = spool(tmp_path)
    before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(3):
        with files_up_to(0), pytest.raises(SpoolFull, match="cannot be written"):
            opened.append(3, [unit("one")])
    assert len(list(Path("/dev/fd").iterdir())) == before
    opened.append(3, [unit("one")])
    assert content(opened) == [unit("one")]
    opened.close()


def test_clearing_forgets_everything(tmp_path: Path) -> None:
    opened = spool(tmp_path)
    opened.append(3, [unit("one")])
    opened.clear(3)
    assert not opened.waiting(3)
    assert opened.size_bytes == 0
    opened.append(3, [unit("two")])
    assert content(opened) == [unit("two")]
    opened.close()


def test_a_start_is_not_refused_because_somebody_looks_whether_the_spool_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.edge.spool.LOCK_SECONDS", 20)
    spool(tmp_path).close()
    looked_at = os.open(tmp_path / LOCK, os.O_RDONLY)
    fcntl.flock(looked_at, fcntl.LOCK_SH)  # as is_used does
    done = Timer(0.1, os.close, [looked_at])
    done.start()
    spool(tmp_path).close()
    done.join()


def test_two_processes_cannot_share_a_spool(tmp_path: Path) -> None:
    opened = spool(tmp_path)
    with pytest.raises(StoreError, match="another running relevo"):
        spool(tmp_path)
    opened.close()
    spool(tmp_path).close()
