"""Where things stand: provinces, organisations with dated roles, clusters, faces, controllers, operating hours."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel

from cms.places.fields import LanguagesField, NumbersField


class DisplayMode(models.TextChoices):
    MIRROR = "mirror", _("Mirror: the same on all faces")
    ROTATE = "rotate", _("Rotate: the faces show different languages in turn")
    INDEPENDENT = "independent", _("Independent: a programme for each face")
    SPAN = "span", _("Span: one wide picture across the faces")


class HolidayKind(models.TextChoices):
    """Kinds of days off (`plugin_api.types.Holiday.kind`)."""

    TET = "tet", _("Tết (Lunar New Year)")
    PUBLIC = "public", _("Other public holiday")
    SUBSTITUTE = "substitute", _("Substitute day off")


class Province(models.Model):
    """A province whose clusters this instance serves (or the national level, which only supplies content)."""

    code = models.SlugField(
        _("code"), max_length=40, unique=True, help_text=_("As its plugin spells it, e.g. an_giang.")
    )
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    languages = LanguagesField(_("languages, in order"), default=list)
    theme = models.CharField(_("theme"), max_length=40)
    national = models.BooleanField(_("national level"), default=False)
    active = models.BooleanField(pgettext_lazy("in use", "active"), default=True)

    class Meta:
        verbose_name = _("province")
        verbose_name_plural = _("provinces")
        ordering = ["national", "name"]

    def __str__(self) -> str:
        return self.name


class Organisation(ClusterableModel):
    _default_manager: ClassVar[models.Manager[Self]]  # its base has no types

    class Level(models.TextChoices):
        """Whose content it supplies (`plugin_api.types.OrganisationSpec.level`)."""

        MINISTRY = "ministry", _("Ministry")
        PROVINCE = "province", _("Province")
        DISTRICT = "district", _("District")
        COMMUNE = "commune", _("Commune")

    province = models.ForeignKey(
        Province, on_delete=models.CASCADE, related_name="organisations", verbose_name=_("province")
    )
    code = models.SlugField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    level = models.CharField(_("level"), max_length=12, choices=Level.choices, blank=True)
    successor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("successor")
    )
    clusters = ParentalManyToManyField(
        "places.Cluster",
        blank=True,
        related_name="organisations",
        verbose_name=_("confined to these clusters"),
        help_text=_(
            "For a district or commune: whoever belongs to no other organisation sees and changes only the items that it supplies, "
            "and these clusters. None chosen: everything of the province."
        ),
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["province", "name"]
        constraints = [models.UniqueConstraint(fields=["province", "code"], name="organisation_code_in_province")]

    def __str__(self) -> str:
        return self.name


class OrganisationRole(models.Model):
    """A role that an organisation holds for a period (the regulations name units; reforms replace them)."""

    class Kind(models.TextChoices):
        APPRAISER = "appraiser", _("Appraises content")
        APPROVER = "approver", _("Approves content")
        OPERATOR = "operator", _("Operates the screens")
        SUPPLIER = "supplier", _("Supplies content")
        POWER = "power", _("Contact for power")
        SECURITY = "security", _("Security")
        FINANCE = "finance", _("Finance")
        SUPERIOR = "superior", _("Receives reports")

    organisation = ParentalKey(Organisation, on_delete=models.CASCADE, related_name="roles")
    kind = models.CharField(_("role"), max_length=20, choices=Kind.choices)
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)
    clause = models.CharField(_("clause"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("role of an organisation")
        verbose_name_plural = _("roles of an organisation")
        ordering = ["valid_from", "id"]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_kind_display()}"


class Membership(models.Model):
    """A person belongs to an organisation for a period. Which steps they take follows from the roles that it holds on the day."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("organisation")
    )
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("member of an organisation")
        verbose_name_plural = _("members of organisations")
        ordering = ["valid_from", "id"]

    def __str__(self) -> str:
        return f"{self.user}: {self.organisation}"


class ClusterTag(models.Model):
    """A word that groups clusters, so that a slot can name them all at once. Empty province: for every province."""

    province = models.ForeignKey(
        Province,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="cluster_tags",
        verbose_name=_("province"),
        help_text=_("Empty: for the clusters of every province."),
    )
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("group of clusters")
        verbose_name_plural = _("groups of clusters")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["province", "name"], name="one_cluster_tag_of_a_name"),
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(province__isnull=True), name="one_national_cluster_tag_of_a_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StreamHost(models.Model):
    """A server whose live streams may be shown: what it sends is approved by its address alone, so administrators say which ones may.
    There is none until one of them says so. Empty province: for every province."""

    origin = models.CharField(
        _("server"),
        max_length=120,
        help_text=_("For example https://live.example.vn – without the path of a single stream."),
    )
    responsible = models.CharField(
        _("answers for what it sends"),
        max_length=200,
        help_text=_("The unit that decides what is sent, as approvers will read it."),
    )
    document = models.CharField(
        _("allowed by"), max_length=200, blank=True, help_text=_("The decision, for example 12/QĐ-UBND.")
    )
    province = models.ForeignKey(
        Province,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="stream_hosts",
        verbose_name=_("province"),
        help_text=_("Empty: for every province."),
    )

    class Meta:
        verbose_name = _("server of live streams")
        verbose_name_plural = _("servers of live streams")
        ordering = ["origin"]
        constraints = [
            models.UniqueConstraint(fields=["province", "origin"], name="one_stream_host_of_an_address"),
            models.UniqueConstraint(
                fields=["origin"], condition=models.Q(province__isnull=True), name="one_stream_host_for_every_province"
            ),
        ]

    def __str__(self) -> str:
        return self.origin


class Cluster(ClusterableModel):
    """An electronic information cluster: 1 to 4 LED faces at one place."""

    _default_manager: ClassVar[models.Manager[Self]]  # its base has no types
    slug = models.SlugField(_("code"), max_length=60, unique=True)
    province = models.ForeignKey(
        Province, on_delete=models.PROTECT, related_name="clusters", verbose_name=_("province")
    )
    name = models.CharField(_("name"), max_length=160)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    gaps_mm = NumbersField(_("gaps between neighbouring faces, mm"), default=list, blank=True)
    closed_ring = models.BooleanField(_("the faces form a closed ring"), default=False)
    mode = models.CharField(_("default mode"), max_length=20, choices=DisplayMode.choices, default=DisplayMode.MIRROR)
    timezone = models.CharField(_("time zone"), max_length=60, default="Asia/Ho_Chi_Minh")
    tags = ParentalManyToManyField(ClusterTag, blank=True, related_name="clusters", verbose_name=_("groups"))
    clause = models.CharField(_("clause"), max_length=60, blank=True)
    assumed = models.JSONField(_("assumed facts"), default=dict, blank=True)
    active = models.BooleanField(pgettext_lazy("in use", "active"), default=True)

    class Meta:
        verbose_name = _("cluster")
        verbose_name_plural = _("clusters")
        ordering = ["province", "name"]

    def get_assumed_display(self) -> str:
        """Why what is assumed was assumed, in the reader's language; empty where every fact has a source."""
        language = (get_language() or "vi").partition("-")[0]
        return " ".join(dict.fromkeys(why.get(language) or why["vi"] for why in self.assumed.values()))

    def __str__(self) -> str:
        return self.name


class Face(models.Model):
    cluster = ParentalKey(Cluster, on_delete=models.CASCADE, related_name="faces")
    letter = models.CharField(_("face"), max_length=1, choices=[(c, c.upper()) for c in "abcd"])
    width = models.PositiveIntegerField(_("width, px"), validators=[MinValueValidator(16), MaxValueValidator(7680)])
    height = models.PositiveIntegerField(_("height, px"), validators=[MinValueValidator(16), MaxValueValidator(4320)])
    pitch_mm = models.FloatField(_("pixel pitch, mm"), validators=[MinValueValidator(0.5), MaxValueValidator(40)])
    distance_m = models.FloatField(_("viewing distance, m"), validators=[MinValueValidator(1), MaxValueValidator(500)])
    bearing_deg = models.PositiveSmallIntegerField(_("bearing, °"), null=True, blank=True)
    languages = LanguagesField(_("languages, in order"), default=list)
    max_brightness_nit = models.PositiveIntegerField(_("maximum brightness, nit"), default=5000)
    smooth = models.BooleanField(
        _("soft letter edges"),
        default=True,
        help_text=_(
            "Letters are sharper without on coarse panels, whose pixels are 10 mm or more apart. "
            "A change has every item drawn and approved anew for this cluster."
        ),
    )

    class Meta:
        verbose_name = _("face")
        verbose_name_plural = _("faces")
        ordering = ["cluster", "letter"]
        constraints = [models.UniqueConstraint(fields=["cluster", "letter"], name="one_face_per_letter")]

    def __str__(self) -> str:
        return f"{self.cluster} {self.letter.upper()}"


class Controller(ClusterableModel):
    """The computer that drives one or more faces; one paired player."""

    cluster = models.ForeignKey(
        Cluster, on_delete=models.CASCADE, related_name="controllers", verbose_name=_("cluster")
    )
    slug = models.SlugField(_("code"), max_length=80, unique=True)
    canvas_width = models.PositiveIntegerField(_("canvas width, px"))
    canvas_height = models.PositiveIntegerField(_("canvas height, px"))
    audio_face = models.CharField(_("face whose sound is heard"), max_length=1, blank=True)

    class Meta:
        verbose_name = _("controller")
        verbose_name_plural = _("controllers")
        ordering = ["cluster", "slug"]

    def __str__(self) -> str:
        return self.slug


class Placement(models.Model):
    """Where a controller's canvas carries a face: top left corner after the clockwise rotation."""

    controller = ParentalKey(Controller, on_delete=models.CASCADE, related_name="placements")
    face = models.ForeignKey(Face, on_delete=models.CASCADE, related_name="placements")
    x = models.PositiveIntegerField(default=0)
    y = models.PositiveIntegerField(default=0)
    rotation = models.PositiveSmallIntegerField(
        _("rotation, ° clockwise"), default=0, choices=[(d, f"{d}°") for d in (0, 90, 180, 270)]
    )

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        ordering = ["controller", "x", "y"]

    def __str__(self) -> str:
        return f"{self.face} ({self.x}, {self.y})"


class OperatingHours(ClusterableModel):
    """Operating hours of a cluster from a day on; a later decision adds a version, none is overwritten."""

    cluster = ParentalKey(Cluster, on_delete=models.CASCADE, related_name="hours")
    valid_from = models.DateField(_("in force from"))
    holidays_follow_weekday = models.BooleanField(_("holidays follow their weekday"), default=True)
    closed_kinds = models.JSONField(_("closed all day on"), default=list, blank=True)
    clause = models.CharField(_("clause"), max_length=60, blank=True)
    assumed = models.BooleanField(_("assumed, no source"), default=False)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("operating hours")
        verbose_name_plural = _("operating hours")
        ordering = ["cluster", "valid_from"]
        constraints = [models.UniqueConstraint(fields=["cluster", "valid_from"], name="one_version_of_hours_per_day")]

    def __str__(self) -> str:
        return f"{self.cluster} {self.valid_from:%d/%m/%Y}"


class OperatingWindow(models.Model):
    HOLIDAY, TET, SUBSTITUTE = 7, 8, 9
    DAYS = [
        (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")),
        (5, _("Saturday")), (6, _("Sunday")), (HOLIDAY, _("Holiday")), (TET, _("Tết")),
        (SUBSTITUTE, _("Substitute day off")),
    ]  # fmt: skip
    # Holidays of other kinds, and of these where a version gives them no hours, have the hours of `HOLIDAY`.
    DAY_OF_KIND = {HolidayKind.TET.value: TET, HolidayKind.SUBSTITUTE.value: SUBSTITUTE}

    hours = ParentalKey(OperatingHours, on_delete=models.CASCADE, related_name="windows")
    day = models.PositiveSmallIntegerField(_("day"), choices=DAYS)
    start = models.TimeField(_("from"))
    end = models.TimeField(_("until"))

    class Meta:
        verbose_name = _("operating window")
        verbose_name_plural = _("operating windows")
        ordering = ["hours", "day", "start"]

    def __str__(self) -> str:
        return f"{self.get_day_display()} {self.start:%H:%M}–{self.end:%H:%M}"


class HolidayOverride(models.Model):
    """A dated decision about a day: a holiday, or a working day after all. Empty province: everywhere."""

    province = models.ForeignKey(Province, null=True, blank=True, on_delete=models.CASCADE, verbose_name=_("province"))
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(
        _("kind of holiday"), max_length=20, choices=HolidayKind.choices, default=HolidayKind.PUBLIC
    )
    working = models.BooleanField(_("is a working day"), default=False)
    decision = models.CharField(_("decision"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("holiday decision")
        verbose_name_plural = _("holiday decisions")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.name}"


class PluginActivation(models.Model):
    """What became of an installed plugin at its last probe."""

    code = models.SlugField(max_length=60, unique=True)
    distribution = models.CharField(max_length=120)
    version = models.CharField(max_length=40)
    active = models.BooleanField(default=True)
    error = models.TextField(blank=True)
    probed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("plugin")
        verbose_name_plural = _("plugins")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"
