"""What the audit log calls the acts of lists and translations."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, str | Promise] = {
    "item.copy": _("copied an item"),
    "item.move": _("moved an item to another province"),
    "item.extend": _("drafted a later last day"),
    "item.tag": _("drafted a tag"),
    "translation.begin": _("began a translation"),
    "translation.update": _("brought translations up to date with their original"),
    "translation.machine": _("had a translation drafted by machine"),
    "translation.take_over": _("took over a machine's draft"),
    "translation.export": _("handed out a file for translation"),
    "translation.import": _("took in a translator's file"),
    "glossary.add": _("added a term to the glossary"),
    "glossary.change": _("changed a term of the glossary"),
    "glossary.remove": _("removed a term from the glossary"),
    "glossary.export": _("handed out the glossary"),
    "glossary.import": _("took in a list of terms"),
}
