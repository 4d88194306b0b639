"""Addresses of writing: the draft beside its form, and items to start from."""

from __future__ import annotations

from django.urls import path

from cms.content import drafts_views, starting_views

PATTERNS = [
    path("items/new/", starting_views.choose, name="new"),
    path("items/new/<int:shelf_id>/from/<slug:code>/", starting_views.begin_with, name="new_from"),
    path("items/new/<int:shelf_id>/like/<int:page_id>/", starting_views.begin_like, name="new_like"),
    path("items/new/<int:shelf_id>/pictures/<slug:code>.png", starting_views.picture, name="new_picture"),
    path("drafts/new/<int:shelf_id>/", drafts_views.of_new, name="draft_new"),
    path("drafts/item/<int:page_id>/", drafts_views.of_page, name="draft_page"),
    path("drafts/beside/<int:page_id>/", drafts_views.other, name="draft_other"),
    path("drafts/<slug:token>/", drafts_views.state, name="draft_state"),
    path("drafts/<slug:token>/assets/<slug:sha256>", drafts_views.asset, name="draft_asset"),
    path("drafts/<slug:token>/<int:scene>/<slug:face>/<int:layer>.png", drafts_views.still, name="draft_still"),
]
