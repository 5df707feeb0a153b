"""How a compressed file is read: as a stream, with bounded memory, and refused unless it ends where it should."""

import gzip
import sys
import zlib
from typing import BinaryIO, Final

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# Last extension of a file's name to its compression.
COMPRESSIONS: Final = {".gz": "gzip", ".zst": "zstd"}

# What reading a truncated or corrupt stream raises.
BROKEN: Final = (EOFError, zlib.error, gzip.BadGzipFile, zstd.ZstdError)

# A frame says itself how much memory it takes to read it. 128 MiB is what the program zstd grants without being asked;
# a frame that wants more is refused before the memory is taken.
WINDOW_LIMIT_LOG: Final = 27


def decompressed(raw: BinaryIO, compression: str | None) -> BinaryIO:
    """Return the stream's content from where it stands, decompressed. Several members or frames are one content."""
    match compression:
        case "gzip":
            return gzip.GzipFile(fileobj=raw)  # type: ignore[return-value]
        case "zstd":
            return zstd.ZstdFile(raw, options={zstd.DecompressionParameter.window_log_max: WINDOW_LIMIT_LOG})
    return raw
