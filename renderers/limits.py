"""Sets limits on this process, then becomes another program: `limits.py SECONDS BYTES FILE_BYTES program args…`.

Run as a script, so that limits are set without code between fork and exec in a threaded parent.
"""

from __future__ import annotations

import os
import resource
import sys


def main() -> None:
    seconds, memory, file_bytes = (int(argument) for argument in sys.argv[1:4])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.execv(sys.argv[4], sys.argv[4:])  # noqa: S606 - the parent chose the program; nothing goes through a shell


if __name__ == "__main__":
    main()
