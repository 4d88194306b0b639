"""What translators keep: a province's own words, and files that came back from outside and wait to be looked at."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.places.models import Province


def folded(text: str) -> str:
    """Text as it is compared: composed, without letter case and doubled spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


class GlossaryEntry(models.Model):
    """A proper name or fixed term of a province. What the national level writes down holds for all provinces."""

    _default_manager: ClassVar[models.Manager[Self]]
    province = models.ForeignKey(
        Province, on_delete=models.CASCADE, related_name="glossary", verbose_name=_("province")
    )
    words = models.JSONField(_("words"), help_text="by language code; always with the source language")
    note = models.CharField(_("note"), max_length=300, blank=True)
    key = models.CharField(max_length=200, editable=False, help_text="the source language's word, folded")
    searched = models.TextField(editable=False, help_text="all words and the note, folded")
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("glossary entry")
        verbose_name_plural = _("glossary")
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["province", "key"], name="one_glossary_entry_per_term")]

    def __str__(self) -> str:
        return str(self.words.get("vi", ""))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = folded(self.words["vi"])
        self.searched = folded(" ".join([*self.words.values(), self.note]))
        super().save(*args, **kwargs)


class ReceivedFile(models.Model):
    """Translations read from an outside translator's file, between its preview and its taking over. `rows`: a list of
    `[item page id, segment id, language, text, what stood there when the preview was made]`."""

    _default_manager: ClassVar[models.Manager[Self]]
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    rows = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("received translations")
        verbose_name_plural = _("received translations")

    def __str__(self) -> str:
        return self.name
