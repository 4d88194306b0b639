"""The signer's reasons in words that say what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

WORDS = {
    "signer.format": gettext_noop("The document is not in the agreed format (%(detail)s). Tell the developer."),
    "signer.other_cluster": gettext_noop("The document belongs to another cluster (%(subject)s). Tell the developer."),
    "signer.changed": gettext_noop("The document was changed after it was compiled. Find out who did it; it will be compiled anew."),
    "signer.unknown_scene": gettext_noop("The document names a scene that it does not hold: %(subject)s. Tell the developer."),
    "signer.unknown_turn": gettext_noop("Loop %(subject)s of the document names a turn that it does not hold, or none. Tell the developer."),
    "signer.unknown_loop": gettext_noop("The document names a loop that it does not hold: %(subject)s. Tell the developer."),
    "signer.not_approved": gettext_noop("No approval in force covers scene %(subject)s. Have the item approved in this province."),
    "signer.withdrawn": gettext_noop("Scene %(subject)s belongs to a withdrawn item. It stays off until it is approved anew."),
    "signer.altered": gettext_noop("Scene %(subject)s is not what was approved. Find out what changed it; have it approved anew."),
    "signer.stream_not_approved": gettext_noop("No approval in force names the live stream %(address)s of scene %(subject)s, or its server may not send any more. Have the item approved anew, address by address."),
    "signer.proof_damaged": gettext_noop("The approved proof of scene %(subject)s was changed in the database. Restore it from the backup."),
    "signer.scene_name": gettext_noop("Scene %(subject)s does not carry the name of its proof. Tell the developer."),
    "signer.theme_not_approved": gettext_noop("Theme %(theme)s is not approved for this cluster. An administrator allows it under “Themes on the screens”."),
    "signer.pattern": gettext_noop("%(subject)s is no test pattern of this cluster, or is meant to last longer than half an hour. Start the pattern again."),
    "signer.unlisted_asset": gettext_noop("Asset %(subject)s is shown but not listed. Tell the developer."),
    "signer.asset_not_approved": gettext_noop("Asset %(subject)s belongs to no approval. Have the item that uses it approved."),
    "signer.asset_unknown": gettext_noop("Size or type of asset %(subject)s differ from its record. Have its proof made again."),
    "signer.asset_damaged": gettext_noop("The file of asset %(subject)s is missing or was changed. Restore it from the backup, or have its proof made again."),
    "signer.manifest": gettext_noop("Asset %(subject)s is not cut into the chunks that the document names. Tell the developer."),
}  # fmt: skip


def words(entry: Mapping[str, Any]) -> str:
    """One reason, as `checks.Reason.to_json` stores it, in the language in use. Unknown codes are shown as they are."""
    text = WORDS.get(entry.get("code", ""))
    subject = str(entry.get("subject", ""))
    if text is None:
        return f"{entry.get('code', '')} {subject}".strip()
    shown = subject[:12] if len(subject) == 64 else subject
    params = {"detail": "", "theme": "", "address": "", **entry.get("params", {}), "subject": shown}
    return _(text) % params
