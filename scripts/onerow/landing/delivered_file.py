"""A delivered file: which files are meant, how they are opened, their content's hash, their lines."""

import glob
import hashlib
import io
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, Self

from onerow.errors import FileChanged, FileUnreadable, WrongUse
from onerow.landing.compression import BROKEN, COMPRESSIONS, decompressed
from onerow.landing.records import RECORD_LIMIT

FORMATS: Final = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
# What `-` stands for on the command line.
STANDARD_INPUT: Final = Path("/dev/stdin")
_BLOCK = 1024 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# Called with the bytes read so far from the file and its size on disk.
OnRead = Callable[[int, int], None]


def expand(patterns: tuple[str, ...]) -> list[Path]:
    """Return the files that are meant, each once: names as they are, globs sorted by name, `-` for standard input.

    Raises:
        WrongUse: a glob matches nothing.
    """
    files: dict[Path, None] = {}
    for pattern in patterns:
        if pattern == "-":
            files[STANDARD_INPUT] = None
            continue
        if not glob.has_magic(pattern) or Path(pattern).exists():
            files[Path(pattern)] = None
            continue
        found = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - a pattern may be absolute, Path.glob's may not
        if not found:
            raise WrongUse(f"no file matches {pattern!r}")
        files.update(dict.fromkeys(map(Path, found)))
    return list(files)


def location_of(file: Path) -> str:
    """Return the file's name as it was given, with bytes that are not UTF-8 made visible (\\xff)."""
    return os.fsencode(file).decode("utf-8", "backslashreplace")


class DeliveredFile:
    """An open file. It is read twice: for the hash of its content, which names the batch, and for its lines.

    Standard input is copied to a temporary file without a name, because it cannot be read twice.

    Raises:
        FileUnreadable: when entered, if it is missing, not a regular file, of unknown format, or may not be read.
    """

    def __init__(self, file: Path, input_format: str | None = None):
        """`input_format` is that of standard input, one of FORMATS; the name of a file tells its own."""
        self.location = location_of(file)
        self._file = file
        self._input_format = input_format

    def __enter__(self) -> Self:
        """Open the file."""
        if self._file == STANDARD_INPUT and self._input_format:
            self.format = self._input_format
            self._compression = None
            self._raw = self._spooled(sys.stdin.buffer)
            self.size = self._raw.tell()
            return self
        suffixes = [suffix.lower() for suffix in self._file.suffixes]
        self._compression = COMPRESSIONS.get("".join(suffixes[-1:]))
        extension = "".join(suffixes[-2:-1] if self._compression else suffixes[-1:])
        try:
            # Not blocking, or opening a named pipe would wait for a writer for ever.
            descriptor = os.open(self._file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise FileUnreadable(self.location, error.strerror) from None
        status = os.fstat(descriptor)
        self.size = status.st_size
        problem = None
        if stat.S_ISDIR(status.st_mode):
            problem = 'it is a directory; its files are landed with a pattern such as "inbox/*.csv"'
        elif not stat.S_ISREG(status.st_mode):
            problem = "it is not a regular file; it has to be read twice"
        elif extension not in FORMATS:
            problem = f"unknown format; a name ends in {', '.join(FORMATS)}, text also with .gz or .zst"
        elif self._compression and FORMATS[extension] == "parquet":
            problem = "Parquet compresses its columns itself, and has to be read in places; decompress the file"
        elif self._compression and self.size == 0:
            problem = f"it is empty, and an empty file is no {self._compression} file"
        if problem:
            os.close(descriptor)
            raise FileUnreadable(self.location, problem)
        self._raw = open(descriptor, "rb")  # noqa: PTH123 - a descriptor, closed by __exit__
        self.format = FORMATS[extension]
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._raw.close()

    @property
    def open_path(self) -> str:
        """A path that leads to the open file, whatever has become of its name."""
        return f"/dev/fd/{self._raw.fileno()}"

    def sha256(self, on_read: OnRead) -> str:
        """Return the sha256 of the content after decompression, in lower-case hex.

        Raises:
            FileUnreadable: it cannot be read or decompressed to its end.
        """
        digest = hashlib.sha256()
        for block in self._blocks(on_read):
            digest.update(block)
        return digest.hexdigest()

    def lines(self, sha256: str, on_read: OnRead) -> Iterator[str]:
        """Yield each line with its line end, without a byte order mark. A line ends at LF and nowhere else.

        Raises:
            FileUnreadable: not UTF-8 (with line and byte), or a line is longer than RECORD_LIMIT.
            FileChanged: at the end, if the content is not the one with this sha256.
        """
        digest = hashlib.sha256()
        line_number = 1
        offset = 0  # of the first byte of `rest` in the content
        rest = b""
        for block in self._blocks(on_read):
            digest.update(block)
            end = block.rfind(b"\n") + 1
            if not end:
                rest += block
                self._refuse_long_line(rest, line_number)
                continue
            whole = rest + block[:end]
            rest = block[end:]
            self._refuse_long_line(whole, line_number)
            yield from io.StringIO(self._decode(whole, offset, line_number))
            line_number += whole.count(b"\n")
            offset += len(whole)
        yield from io.StringIO(self._decode(rest, offset, line_number))
        if digest.hexdigest() != sha256:
            raise FileChanged(self.location)

    def refuse_change(self, sha256: str) -> None:
        """Refuse content that is no longer the one with this sha256, after it has been read by other means.

        Raises:
            FileChanged: it is another.
        """
        if self.sha256(lambda *_: None) != sha256:
            raise FileChanged(self.location)

    def _spooled(self, stream: BinaryIO) -> BinaryIO:
        """Return a copy of the stream that can be read again. Nobody else can read it, and it is gone when closed."""
        spool = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        try:
            shutil.copyfileobj(stream, spool, _BLOCK)
            spool.flush()
        except OSError as error:
            spool.close()
            folder = tempfile.gettempdir()
            raise FileUnreadable(self.location, f"it cannot be copied to {folder}: {error.strerror}") from None
        return spool

    def _blocks(self, on_read: OnRead) -> Iterator[bytes]:
        """Yield the content from its beginning, decompressed, in blocks."""
        self._raw.seek(0)
        stream = decompressed(self._raw, self._compression)
        try:
            while block := stream.read(_BLOCK):
                on_read(self._raw.tell(), self.size)
                yield block
        except BROKEN as error:
            raise FileUnreadable(self.location, f"broken {self._compression}: {error}") from None
        except OSError as error:
            raise FileUnreadable(self.location, str(error)) from None

    def _refuse_long_line(self, content: bytes, line_number: int) -> None:
        """Refuse a first line that is too long. Only the first can be: any other lies within one block."""
        length = content.find(b"\n") + 1 or len(content)
        if length > RECORD_LIMIT:
            raise FileUnreadable(self.location, f"line {line_number} is longer than {RECORD_LIMIT // 2**20} MiB")

    def _decode(self, content: bytes, offset: int, line_number: int) -> str:
        marked = offset == 0 and content.startswith(_BYTE_ORDER_MARK)
        try:
            return content.removeprefix(_BYTE_ORDER_MARK).decode() if marked else content.decode()
        except UnicodeDecodeError as error:
            position = error.start + (len(_BYTE_ORDER_MARK) if marked else 0)
            line = line_number + content.count(b"\n", 0, position)
            raise FileUnreadable(
                self.location,
                f"not UTF-8: byte 0x{content[position]:02x} at offset {offset + position} of the content, line {line}",
            ) from None
