"""Items (content pages) in their languages, pictures and clips, proofs and the jobs that make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.forms import CheckboxSelectMultiple, TextInput
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from taggit.models import TaggedItemBase
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtail.models import Page, PagePermissionTester, Revision
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField
from wagtail_localize.models import Translation
from wagtailmedia.models import AbstractMedia

from cms.content import ways
from cms.content.blocks import CardsField
from cms.content.checks import check_cards
from cms.content.forms import ItemPageForm
from cms.content.media_models import MediaUse, Rights, Upload  # noqa: F401 (Django looks for models here)
from cms.content.panels import ProofPanel, WritingPanel
from cms.content.translating.models import GlossaryEntry, ReceivedFile  # noqa: F401 (Django looks for models here)
from cms.places.models import Cluster, Organisation, Province
from cms.plugin_api import types

if TYPE_CHECKING:
    from renderers.errors import Bilingual

MAX_GRACE_DAYS = 30
RIGHTS_FIELDS = ("rights", "source", "licence", "rights_until")
RIGHTS_SEARCHED = (index.SearchField("source"), index.SearchField("licence"))


class Picture(AbstractImage, Rights):  # type: ignore[django-manager-missing]  # its base has no types
    """A photograph or drawing, with the focal point that every face keeps."""

    _default_manager: ClassVar[models.Manager[Self]]  # its base has no types
    credit = models.CharField(_("credit"), max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    admin_form_fields = (*Image.admin_form_fields, "credit", *RIGHTS_FIELDS)
    search_fields: ClassVar[list[Any]] = [*AbstractImage.search_fields, *RIGHTS_SEARCHED]

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")


class PictureRendition(AbstractRendition):
    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("image", "filter_spec", "focal_point_key"), name="unique_picture_rendition")
        ]


class Clip(AbstractMedia, Rights):  # type: ignore[django-manager-missing]  # its base has no types
    """A video clip."""

    _default_manager: ClassVar[models.Manager[Self]]  # its base has no types
    credit = models.CharField(_("credit"), max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    admin_form_fields: ClassVar[tuple[str, ...]] = (
        *("title", "file", "collection", "credit", "thumbnail", "tags"),
        *RIGHTS_FIELDS,
    )
    search_fields: ClassVar[list[Any]] = [*AbstractMedia.search_fields, *RIGHTS_SEARCHED]

    class Meta:
        verbose_name = _("clip")
        verbose_name_plural = _("clips")

    def clean(self, *args: Any, **kwargs: Any) -> None:
        """Looks at the file's ending only where there is a file: one that was refused is not there, and was answered."""
        if self.file:
            super().clean(*args, **kwargs)


class ShelfPermissions(PagePermissionTester):
    """Wagtail offers the history of a page to people whom its page of history refuses."""

    def can_view_revisions(self) -> bool:
        return bool(self.can_edit() or self.can_publish())


class ProvincePage(Page):
    """The shelf on which a province's items lie, one per language tree."""

    _default_manager: ClassVar[models.Manager[Self]]  # its base has no types
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="pages", verbose_name=_("province"))
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["content.ItemPage"]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("province")]

    class Meta:
        verbose_name = _("province's items")
        verbose_name_plural = _("provinces' items")

    def permissions_for_user(self, user: Any) -> ShelfPermissions:
        return ShelfPermissions(user, self)


class ItemTag(TaggedItemBase):
    """A tag of an item, by which programmes find it."""

    content_object = ParentalKey("content.ItemPage", on_delete=models.CASCADE, related_name="tagged_items")


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
    body = CardsField(verbose_name=_("cards"))
    supplier = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("supplied by")
    )
    sudden = models.BooleanField(
        _("sudden"),
        default=False,
        help_text=_(
            "Directed at short notice (CB 7.1): it takes the province's short way, and who decides names the directing document."
        ),
    )
    valid_from = models.DateField(_("show from"), null=True, blank=True)
    valid_until = models.DateField(_("show until"), null=True, blank=True)
    grace_days = models.PositiveSmallIntegerField(
        _("days of grace"),
        default=0,
        validators=[MaxValueValidator(MAX_GRACE_DAYS)],
        help_text=_(
            "So many days after its last day the item is still shown, with a warning to the editors. 0: it goes at once."
        ),
    )
    tags = ClusterTaggableManager(
        through=ItemTag,
        blank=True,
        verbose_name=_("tags"),
        help_text=_("Programmes can gather items by their tags. They count once the item is approved."),
    )
    destinations = ParentalManyToManyField(
        Cluster,
        blank=True,
        related_name="+",
        verbose_name=_("clusters"),
        help_text=_("None chosen: all clusters of the province."),
    )

    parent_page_types: ClassVar[list[str]] = ["content.ProvincePage"]
    subpage_types: ClassVar[list[str]] = []
    base_form_class = ItemPageForm
    preview_modes: ClassVar[list[Any]] = []  # the proofs are the preview
    content_panels: ClassVar[list[Any]] = [
        ProofPanel(),
        # Not Wagtail's own panel for titles, whose script looks for a slug field.
        FieldPanel("title", classname="title", widget=TextInput(attrs={"placeholder": _("Name of the item")})),
        FieldPanel("body"),
        MultiFieldPanel(
            [
                FieldPanel("kind"),
                FieldPanel("supplier"),
                FieldPanel("sudden"),
                FieldPanel("valid_from"),
                FieldPanel("valid_until"),
                FieldPanel("grace_days"),
                FieldPanel("tags", heading=_("Tags, for programmes")),
                FieldPanel("destinations", widget=CheckboxSelectMultiple),
            ],
            heading=_("On the screens"),
        ),
    ]
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = []
    edit_handler: ClassVar[Any] = TabbedInterface(
        [ObjectList([WritingPanel(content_panels)], heading=_("Content"))], base_form_class=ItemPageForm
    )
    override_translatable_fields: ClassVar[list[SynchronizedField]] = [
        SynchronizedField(name, overridable=False)
        for name in ("slug", "kind", "supplier", "sudden", "valid_from", "valid_until", "grace_days", "destinations")
    ]

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")

    @property
    def item_id(self) -> str:
        """The id that schedules, notices and play logs carry: `<translation key>:<language>`."""
        return f"{self.translation_key}:{self.locale.language_code}"

    @cached_property
    def province(self) -> Province:
        return ProvincePage.objects.select_related("province").get(path=self.path[: -self.steplen]).province

    def get_workflow(self) -> Any:
        """The way of the latest draft: by its source unit, and the short one when it is sudden."""
        return ways.workflow_of(self) or super().get_workflow()

    @property
    def has_workflow(self) -> bool:
        return self.get_workflow() is not None

    def clean(self) -> None:
        """Refuses dates that end before they begin, and texts that no font can draw or that are too long."""
        super().clean()
        problems: dict[str, Any] = {}
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            problems["valid_until"] = _("The last day lies before the first. Choose a later last day.")
        try:
            check_cards(self.body, self.locale.language_code if self.locale_id else "vi")
        except ValidationError as error:
            problems["body"] = error
        if problems:
            raise ValidationError(problems)

    def save_revision(self, *args: Any, **kwargs: Any) -> Revision:
        """A translation follows its source's destinations, even when the source's list was emptied (which wagtail-localize
        does not carry over)."""
        following = Translation.objects.filter(
            source__object_id=self.translation_key, target_locale_id=self.locale_id, enabled=True
        ).first()
        if following is not None and self.pk:
            self.destinations = following.source.as_instance().destinations.all()
        return super().save_revision(*args, **kwargs)


class Proof(models.Model):
    """An approved-to-be sequence of scenes; `id` is the SHA-256 of its canonical JSON."""

    id = models.CharField(primary_key=True, max_length=64)
    document = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("proof")
        verbose_name_plural = _("proofs")

    def __str__(self) -> str:
        return self.id[:12]

    @property
    def value(self) -> types.Proof:
        """The proof as renderers and the compiler know it."""
        return types.Proof.from_json(self.document)


class ProofAsset(models.Model):
    """A file under `BANGTIN_DATA/assets/<ab>/<sha256>`: pixels of proofs and themes. Not public until released."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    bytes = models.BigIntegerField()
    type = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.sha256[:12]


class Drawn(models.Model):
    """Something drawn once: `key` is the SHA-256 of all that decides it, `value` what its maker gave (JSON), `assets` those of
    the store that the value names."""

    key = models.CharField(primary_key=True, max_length=64)
    value = models.JSONField(null=True)
    assets = models.JSONField(default=list)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key[:12]


class ProofJob(models.Model):
    """The making of one proof: (page revision, geometry, theme, flat or span)."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Being drawn")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Failed")
        STOPPED = "stopped", _("Stopped")

    page = models.ForeignKey(ItemPage, on_delete=models.CASCADE, related_name="proof_jobs")
    revision = models.ForeignKey("wagtailcore.Revision", on_delete=models.CASCADE, related_name="+")
    geometry = models.CharField(max_length=64)
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="+")
    theme = models.CharField(max_length=40)
    span = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED, db_index=True)
    progress = models.FloatField(default=0)
    error = models.TextField(blank=True, help_text="Vietnamese")
    error_en = models.TextField(blank=True)
    content = models.CharField(max_length=64, blank=True, help_text="hash of the translation that is drawn")
    inputs = models.CharField(max_length=64, blank=True, db_index=True, help_text="hash of all that decides the pixels")
    drawing = models.JSONField(default=dict, blank=True, help_text="the way of drawing (see `drawing_now`)")
    legibility = models.JSONField(default=list, blank=True, help_text="one `Legibility` for each scene")
    notes = models.JSONField(default=list, blank=True, help_text="what the panel cannot show anyway: code, vi, en")
    attempts = models.PositiveSmallIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)
    proof = models.ForeignKey(Proof, null=True, blank=True, on_delete=models.PROTECT, related_name="jobs")
    queued_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("making of a proof")
        verbose_name_plural = _("making of proofs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "geometry", "theme", "span"], name="one_job_per_revision_geometry_theme"
            )
        ]

    def __str__(self) -> str:
        return f"{self.page} {self.geometry[:8]} {self.theme}"

    def reset(self) -> None:
        """Waits to be drawn (again); not saved."""
        self.status, self.error, self.error_en, self.proof = self.Status.QUEUED, "", "", None
        self.legibility, self.notes = [], []
        self.progress, self.finished_at = 0, None

    def fail(self, error: Bilingual) -> None:
        """Ended with a message for the editor; not saved."""
        self.status, self.error, self.error_en = self.Status.FAILED, error.vi, error.en
        self.proof, self.finished_at = None, timezone.now()

    def follow(self, twin: ProofJob) -> None:
        """Takes over what another job drew from the same inputs; not saved."""
        if twin.proof is not None:
            self.legibility, self.notes, self.drawing = twin.legibility, twin.notes, twin.drawing
            self.done(twin.proof)

    def done(self, proof: Proof) -> None:
        """Drawn; not saved."""
        self.status, self.proof, self.progress = self.Status.DONE, proof, 1
        self.error, self.error_en, self.finished_at = "", "", timezone.now()

    @property
    def message(self) -> str:
        """What went wrong and what to do, in the reader's language."""
        return self.error if (translation.get_language() or "vi").startswith("vi") else self.error_en
