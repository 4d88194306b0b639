"""A PDF in the chooser of pictures: every page becomes a picture, and of several a person says which one is meant."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from wagtail.admin.modal_workflow import render_modal_workflow
from wagtail.images.views.chooser import ImageUploadView, viewset

from cms.content.models import Picture


class UploadView(ImageUploadView):
    """Wagtail's, which would take the first page without a word."""

    def get_chosen_response(self, image: Picture) -> HttpResponse:
        pages = pages_of(image)
        return self._asked(pages) if len(pages) > 1 else super().get_chosen_response(image)

    def render_duplicate_found_response(
        self, request: HttpRequest, new_image: Picture, existing_image: Picture
    ) -> HttpResponse:
        """A first page that is there already says nothing about the others."""
        pages = pages_of(new_image)
        if len(pages) > 1:
            return self._asked(pages)
        return super().render_duplicate_found_response(request, new_image, existing_image)

    def _asked(self, pages: list[Picture]) -> HttpResponse:
        address = self.append_preserved_url_parameters
        choices = [(one, address(reverse("wagtailimages_chooser:chosen", args=(one.pk,)))) for one in pages]
        html = render_to_string("content/pdf_pages.html", {"choices": choices}, self.request)
        # The step in which Wagtail asks what to do with a file that is there twice: its script puts the fragment in place and follows
        # the links of the class `use-new-image`.
        step: dict[str, Any] = {"step": "duplicate_found", "htmlFragment": html}
        answer: HttpResponse = render_modal_workflow(self.request, None, None, None, json_data=step)
        return answer


def pages_of(picture: Picture) -> list[Picture]:
    """The picture that was just made, and those of the further pages of its PDF (`handlers.connect`)."""
    return [picture, *picture.__dict__.get("pages_made", ())]


def connect() -> None:
    """Before the addresses are read, when the apps are ready: the viewset has no setting for it."""
    viewset.create_view_class = UploadView
