"""Whatever is delivered: it lands right, or its line is a dead letter, or the file is refused with a clear error."""

import os

from onerow.landing.delivery import Landed
from postgres.landing.corpus import corpus


def test_every_file_of_the_corpus_comes_out_as_it_should(inbox, database, tmp_path):
    """Nothing of a refused file has landed, and no error is anything but a message of ours that names the file."""
    files = corpus(tmp_path)
    expected = {each.name: "refused" if each.refused is not None else (each.rows, each.letters) for each in files}
    found = {}
    for file in files:
        before = inbox.written()
        # An id of its own, because some have the same content.
        [outcome] = inbox.land(inbox.write(file.name, file.content), batch_id=file.name)
        if isinstance(outcome, Landed):
            of_batch = "select device_id, site from landing.devices where _batch_no = %s order by _line_number"
            rows = database.rows(of_batch, outcome.batch_no)
            found[file.name] = (tuple(rows), outcome.rejected_count)
            continue
        assert inbox.written() == before, f"{file.name} has landed by half"
        message = str(outcome.error)
        assert file.name in message
        found[file.name] = "refused" if file.refused is not None and file.refused in message else message
    assert found == expected
    assert len(files) >= 60
    print(f"{len(files)} hostile files")


def test_paths_that_are_no_files(inbox, tmp_path):
    """A link to a file is one; a folder, a pipe, a dangling link and a device are refused and do not hang."""
    target = inbox.write("target.csv", "device_id\na\n")
    links = {name: tmp_path / f"{name}.csv" for name in ("link", "dangling", "pipe", "folder", "device")}
    links["link"].symlink_to(target)
    links["dangling"].symlink_to(tmp_path / "nowhere")
    os.mkfifo(links["pipe"])
    links["folder"].mkdir()
    links["device"].symlink_to("/dev/zero")
    strange = inbox.write('a\'; drop table "x"\n$(id).csv', "device_id\nb\n")
    outcomes = inbox.land(*links.values(), strange, inbox.folder / ".." / inbox.folder.name / "target.csv")
    assert [isinstance(outcome, Landed) for outcome in outcomes] == [True, False, False, False, False, True, True]
    assert outcomes[-1].already_landed
