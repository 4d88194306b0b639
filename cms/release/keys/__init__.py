"""The keys of a province: its TUF root, held by people, and the online keys that sign every day (docs/keys.md).

`words` what is said · `papers` the files that travel on a stick · `holders` a holder's own key · `roots` the chain of roots, pure ·
`places` where online keys lie · `store` the folders of this instance · `ceremony` the verbs on the server · `status` who holds
what, and what to do next."""

from __future__ import annotations

from cms.release.keys.roots import ONLINE_ROLES
from cms.release.keys.store import (
    KeysMissing,
    ensure_province_keys,
    online_signer,
    province_code,
    root_json,
    root_versions,
)

__all__ = [
    "ONLINE_ROLES",
    "KeysMissing",
    "ensure_province_keys",
    "online_signer",
    "province_code",
    "root_json",
    "root_versions",
]
