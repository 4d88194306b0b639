"""What packages say in English whatever the reader's language, where neither a catalogue nor a template can mend it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

DATE = "%d/%m/%Y"
_ACTS = {
    "add": _("Add: %(what)s"),
    "change": _("Change: %(what)s"),
    "delete": _("Delete: %(what)s"),
    "view": _("See: %(what)s"),
}


def connect() -> None:
    """Called once, when all apps are loaded."""
    import wagtail_localize.models
    import wagtail_localize.views.edit_translation
    from wagtail.admin.forms.workflows import WorkflowPageForm
    from wagtail.models import Locale
    from wagtail.users.forms import PagePermissionsForm
    from wagtail_localize.locales import components

    wagtail_localize.models.DATE_FORMAT = wagtail_localize.views.edit_translation.DATE_FORMAT = DATE
    for form in (WorkflowPageForm, PagePermissionsForm):
        form.base_fields["page"].label = _("Page")
    Locale._meta.verbose_name = _("locale")
    pages: Any = PagePermissionsForm.base_fields["permissions"]
    pages.label_from_instance = permission
    # A tree of aliases of everything in another language: aliases never air, and translations begin on their own board.
    components.LOCALE_COMPONENTS.clear()


def permission(one: Permission) -> str:
    """What a right is called: Django keeps the names of rights in the database, in English."""
    act = one.codename.partition("_")[0]
    model = one.content_type.model_class()
    if act not in _ACTS or model is None or one.codename != f"{act}_{model._meta.model_name}":
        return gettext(one.name)
    return str(_ACTS[act]) % {"what": gettext(str(model._meta.verbose_name))}
