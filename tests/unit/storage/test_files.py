"""Files in a real folder, and on S3 as moto's server answers for it (a stand-in, not Amazon's)."""

import multiprocessing
import time
from datetime import UTC, datetime, timedelta

import pytest
from agelens.domain.errors import InvalidInput, NotFound, Unavailable
from agelens.storage.files import Files
from freezing_relay import relay_to
from s3fs import S3FileSystem


def text(content: bytes):
    return lambda stream: stream.write(content)


def test_what_was_written_is_read_from_anywhere_in_it(files):
    files.write("cohorts/one/parts/00000.arrow", text(b"hello"))
    with files.open("cohorts/one/parts/00000.arrow") as stream:
        assert stream.read() == b"hello"
        assert stream.seek(1) == 1
        assert stream.read(3) == b"ell"


def test_a_file_is_replaced_as_a_whole(files):
    files.write("cohorts/one/a", text(b"a long first version"))
    files.write("cohorts/one/a", text(b"second"))
    with files.open("cohorts/one/a") as stream:
        assert stream.read() == b"second"


def test_an_interrupted_write_leaves_what_was_there_and_nothing_else(files):
    def stop_half_way(stream):
        stream.write(b"half")
        raise InvalidInput.at("file", "is wrong")

    files.write("cohorts/one/kept", text(b"whole"))
    for name in ("cohorts/one/kept", "cohorts/one/new"):
        with pytest.raises(InvalidInput):
            files.write(name, stop_half_way)
    assert not files.exists("cohorts/one/new")
    with files.open("cohorts/one/kept") as stream:
        assert stream.read() == b"whole"


def test_an_unfinished_file_of_a_folder_is_gone(tmp_path):
    files = Files(str(tmp_path))
    with pytest.raises(ZeroDivisionError):
        files.write("one/new", lambda stream: stream.write(b"%d" % (1 // 0)))
    assert list((tmp_path / "one").iterdir()) == []


def test_folders_are_the_names_one_level_down(files):
    assert files.folders("cohorts") == []
    for name in ("b/parts/0", "a/results/0", "a/parts/0", "file"):
        files.write(f"cohorts/{name}", text(b"x"))
    assert files.folders("cohorts") == ["a", "b"]
    assert files.folders("cohorts/a") == ["parts", "results"]


def test_a_deleted_folder_takes_its_files_and_no_neighbour_with_it(files):
    for name in ("a/parts/0", "a/results/0", "ab/parts/0"):
        files.write(f"cohorts/{name}", text(b"x"))
    files.delete("cohorts/a")
    assert files.folders("cohorts") == ["ab"]
    assert not files.exists("cohorts/a/parts/0")
    assert files.exists("cohorts/ab/parts/0")


def test_many_files_are_deleted_with_their_folder(files):
    for number in range(30):
        files.write(f"cohorts/a/parts/{number:05}", text(b"x"))
    files.delete("cohorts/a")
    assert files.folders("cohorts") == []


def test_deleting_what_is_not_there_is_fine(files):
    files.delete("cohorts/none")
    files.write("cohorts/a/0", text(b"x"))
    files.delete("cohorts/a/0")
    files.delete("cohorts/a/0")
    assert not files.exists("cohorts/a/0")


def test_a_missing_file_is_not_found(files):
    with pytest.raises(NotFound, match="no file cohorts/none"):
        files.open("cohorts/none")


def test_what_was_opened_is_read_although_it_goes_meanwhile(files):
    files.write("cohorts/a/0", text(b"all of it"))
    with files.open("cohorts/a/0") as stream:
        files.delete("cohorts/a/0")
        assert stream.read() == b"all of it"


def test_a_folder_was_touched_when_its_last_file_was_written(files):
    assert files.touched("cohorts/a") is None
    files.write("cohorts/a/parts/0", text(b"x"))
    assert abs(files.touched("cohorts/a") - datetime.now(UTC)) < timedelta(minutes=1)


def test_what_another_process_wrote_is_seen_at_once(files):
    assert files.folders("cohorts") == []
    assert not files.exists("cohorts/a/0")
    Files(files._url).write("cohorts/a/0", text(b"x"))
    assert files.exists("cohorts/a/0")
    assert files.folders("cohorts") == ["a"]
    Files(files._url).delete("cohorts/a")
    assert not files.exists("cohorts/a/0")


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_process_connects_anew(files):
    files.write("cohorts/a/0", text(b"before"))
    child = multiprocessing.get_context("fork").Process(
        target=files.write, args=("cohorts/a/1", text(b"after"))
    )
    child.start()
    child.join(30)
    assert child.exitcode == 0
    with files.open("cohorts/a/1") as stream:
        assert stream.read() == b"after"


@pytest.mark.parametrize(
    "name",
    ["", "/etc/passwd", "../x", "cohorts/../../x", "a//b", "a/./b", "a\\..\\b", "a\0b", "a/"],
)
def test_a_name_never_leads_out_of_the_folder(files, name):
    for use in (files.open, files.delete, files.folders, files.exists, files.touched):
        with pytest.raises(ValueError, match="inside the folder"):
            use(name)
    with pytest.raises(ValueError, match="inside the folder"):
        files.write(name, text(b"x"))


def test_nothing_is_opened_before_something_is_asked():
    Files("s3://no-such-bucket-anywhere/x")
    Files("/proc/nowhere")


def test_a_folder_that_takes_nothing_is_unavailable(tmp_path):
    (tmp_path / "storage").write_text("a file where the folder should be")
    files = Files(str(tmp_path / "storage"))
    with pytest.raises(Unavailable):
        files.write("cohorts/a/0", text(b"x"))


def test_an_object_store_that_does_not_answer_is_unavailable(s3, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setattr(S3FileSystem, "retries", 1)
    S3FileSystem.clear_instance_cache()  # or the connection to the other one would serve
    files = Files("s3://elsewhere/agelens")
    for use in (files.open, files.folders, files.exists, files.delete):
        with pytest.raises(Unavailable):
            use("cohorts/a")
    with pytest.raises(Unavailable):
        files.write("cohorts/a/0", text(b"x"))


def test_a_frozen_object_store_is_unavailable_after_the_time_out(s3, s3_address, monkeypatch):
    with relay_to(int(s3_address.rpartition(":")[2])) as relay:
        monkeypatch.setenv("AWS_ENDPOINT_URL", relay.address)
        S3FileSystem.clear_instance_cache()
        patient, files = Files(s3, timeout_seconds=60.0), Files(s3, timeout_seconds=1.0)
        patient.write_bytes("cohorts/a/0", b"kept")
        relay.freeze()
        for use in (files.open, files.folders, files.names, files.exists, files.touched):
            files._left_alone_until = 0.0  # as if some seconds had passed
            assert seconds_until_unavailable(lambda use=use: use("cohorts/a")) < 10
        for size in (1, 30 * 2**20):  # more than the buffers of sockets hold
            files._left_alone_until = 0.0  # as if some seconds had passed
            assert seconds_until_unavailable(lambda n=size: files.write_bytes("b", bytes(n))) < 10
        files._left_alone_until = 0.0  # as if some seconds had passed
        assert seconds_until_unavailable(lambda: files.delete("cohorts/a")) < 10
        relay.thaw()
        assert patient.open("cohorts/a/0").read() == b"kept"


def test_what_follows_a_time_out_does_not_wait_for_another(s3, s3_address, monkeypatch):
    with relay_to(int(s3_address.rpartition(":")[2])) as relay:
        monkeypatch.setenv("AWS_ENDPOINT_URL", relay.address)
        S3FileSystem.clear_instance_cache()
        files = Files(s3, timeout_seconds=1.0)
        relay.freeze()
        assert seconds_until_unavailable(lambda: files.write_bytes("a", b"x")) >= 1
        asked = relay.connections
        assert seconds_until_unavailable(lambda: files.delete("a")) < 1
        assert relay.connections == asked


def seconds_until_unavailable(use) -> float:
    before = time.monotonic()
    with pytest.raises(Unavailable):
        use()
    return time.monotonic() - before


def test_a_bucket_that_is_not_there_is_unavailable_to_write(s3):
    with pytest.raises(Unavailable):
        Files("s3://nobodys/agelens").write("cohorts/a/0", text(b"x"))
