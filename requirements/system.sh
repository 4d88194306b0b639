#!/bin/sh
# What Python packages cannot bring. `system.sh run` for an instance, `system.sh test` for the checks and tests too.
# As root it installs what is missing (Debian, Ubuntu); otherwise it names the command and ends with 1.
set -eu

missing=""
need() { missing="$missing $1"; }

${PYTHON:-python3} - <<'END' || { echo "✗ Cần Python 3.11 trở lên. / Python 3.11 or newer is needed." >&2; exit 1; }
import sys
sys.exit(sys.version_info < (3, 11))
END
${PYTHON:-python3} -c 'import ensurepip, venv' 2>/dev/null || need python3-venv
# Pillow looks for it at run time; without it Khmer and Lao come out wrong and nothing says so.
${PYTHON:-python3} -c 'import ctypes; ctypes.CDLL("libfribidi.so.0")' 2>/dev/null || need libfribidi0
if [ "${1:-run}" = test ]; then
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || need chromium
    command -v node >/dev/null || need nodejs
    command -v npm >/dev/null || need npm
fi
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "• apt-get install$missing"
    log=$(mktemp)
    if (apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing) >"$log" 2>&1; then
        rm -f "$log"
        exit 0
    fi
    tail -n 15 "$log" >&2
    rm -f "$log"
fi
echo "✗ Còn thiếu, hãy cài: / Missing, please install:  sudo apt-get install$missing" >&2
exit 1
