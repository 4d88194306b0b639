"""Items (content pages) in their languages, pictures and clips, proofs and the jobs that make them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtail.models import Page
from wagtailmedia.models import AbstractMedia

from cms.content.blocks import CardStreamBlock
from cms.places.models import Cluster, Organisation, Province


class Picture(AbstractImage):
    """A photograph or drawing, with the focal point that every face keeps."""

    credit = models.CharField(_("credit"), max_length=200, blank=True)
    admin_form_fields = (*Image.admin_form_fields, "credit")

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")


class PictureRendition(AbstractRendition):
    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("image", "filter_spec", "focal_point_key"), name="unique_picture_rendition")
        ]


class Clip(AbstractMedia):
    """A video clip."""

    credit = models.CharField(_("credit"), max_length=200, blank=True)
    admin_form_fields: ClassVar[tuple[str, ...]] = ("title", "file", "collection", "credit", "thumbnail", "tags")

    class Meta:
        verbose_name = _("clip")
        verbose_name_plural = _("clips")


class ProvincePage(Page):
    """The shelf on which a province's items lie, one per language tree."""

    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="pages", verbose_name=_("province"))
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["content.ItemPage"]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("province")]

    class Meta:
        verbose_name = _("province's items")
        verbose_name_plural = _("provinces' items")


class ItemPage(Page):
    """An item in one language. Being live in Wagtail means nothing to the screens: only an approval does."""

    class Kind(models.TextChoices):
        LAW = "law", _("Party line and State law (CB 2.1)")
        CULTURE = "culture", _("Culture, country and people")
        ECONOMY = "economy", _("Economy, investment, products")
        TOURISM = "tourism", _("Tourism")
        BORDER = "border", _("Border, security, conduct")
        GRASSROOTS = "grassroots", _("Grassroots information")

    kind = models.CharField(_("kind of content"), max_length=20, choices=Kind.choices, default=Kind.GRASSROOTS)
    body = StreamField(CardStreamBlock(), verbose_name=_("cards"))
    supplier = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("supplied by")
    )
    valid_from = models.DateField(_("show from"), null=True, blank=True)
    valid_until = models.DateField(_("show until"), null=True, blank=True)
    destinations = ParentalManyToManyField(
        Cluster, blank=True, related_name="+", verbose_name=_("clusters"), help_text=_("None chosen: all clusters of the province.")
    )

    parent_page_types: ClassVar[list[str]] = ["content.ProvincePage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("kind"), FieldPanel("supplier"), FieldPanel("valid_from"), FieldPanel("valid_until"), FieldPanel("destinations")],
            heading=_("On the screens"),
        ),
    ]

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")

    @property
    def item_id(self) -> str:
        """The id that schedules, notices and play logs carry: `<translation key>:<language>`."""
        return f"{self.translation_key}:{self.locale.language_code}"

    @property
    def province(self) -> Province:
        return self.get_parent().specific.province


class Proof(models.Model):
    """An approved-to-be sequence of scenes; `id` is the SHA-256 of its canonical JSON."""

    id = models.CharField(primary_key=True, max_length=64)
    document = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("proof")
        verbose_name_plural = _("proofs")


class ProofAsset(models.Model):
    """A file under `BANGTIN_DATA/assets/<ab>/<sha256>`: pixels of proofs and themes. Not public until released."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    bytes = models.BigIntegerField()
    type = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)


class ProofJob(models.Model):
    """The making of one proof: (page revision, geometry, theme, flat or span)."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Being drawn")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Failed")

    page = models.ForeignKey(ItemPage, on_delete=models.CASCADE, related_name="proof_jobs")
    revision = models.ForeignKey("wagtailcore.Revision", on_delete=models.CASCADE, related_name="+")
    geometry = models.CharField(max_length=64)
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="+")
    theme = models.CharField(max_length=40)
    span = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED, db_index=True)
    progress = models.FloatField(default=0)
    error = models.TextField(blank=True)
    proof = models.ForeignKey(Proof, null=True, blank=True, on_delete=models.PROTECT, related_name="jobs")
    queued_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("making of a proof")
        verbose_name_plural = _("making of proofs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "geometry", "theme", "span"], name="one_job_per_revision_geometry_theme")
        ]
