"""Addresses within the admin, under `/admin/programmes/`."""

from __future__ import annotations

from django.urls import path

from cms.programmes import (
    balance_views,
    calendar_views,
    choosing,
    feed_views,
    figure_views,
    impact_views,
    live_views,
    timemachine,
    views,
)

app_name = "programmes"
urlpatterns = [
    path("face/<slug:slug>/<slug:letter>.png", views.face, name="face"),
    path("items/", choosing.items, name="items"),
    path("figures/", figure_views.figures, name="figures"),
    path("impact/programme/", impact_views.of_programme, name="impact_of_programme"),
    path("impact/slot/", impact_views.of_slot, name="impact_of_slot"),
    path("impact/approval/<int:page>/", impact_views.of_approval, name="impact_of_approval"),
    path("shares/", balance_views.page, name="balance"),
    path("shares/<slug:slug>/", balance_views.page, name="balance_cluster"),
    path("shares/<slug:slug>/figures/", balance_views.figures, name="balance_figures"),
    path("values/", live_views.page, name="live_values"),
    path("values/feeds/", feed_views.page, name="feed_values"),
    path("calendar/", calendar_views.week, name="calendar"),
    path("calendar/<slug:slug>/", calendar_views.week, name="calendar_cluster"),
    path("calendar/<slug:slug>/change/", calendar_views.change, name="calendar_change"),
    path("calendar/<slug:slug>/address/", calendar_views.address, name="calendar_address"),
    path("preview/", timemachine.page, name="preview"),
    path("preview/<slug:slug>/", timemachine.page, name="preview_cluster"),
    path("preview/<slug:slug>/schedule.json", timemachine.schedule, name="day_schedule"),
    path("preview/<slug:slug>/explain.json", timemachine.explanation, name="day_explain"),
    path("preview/<slug:slug>/in-force.json", timemachine.in_force, name="in_force"),
    path("preview/<slug:slug>/differences.json", timemachine.day_differences, name="day_differences"),
    path("preview/<slug:slug>/attention/", timemachine.attention_list, name="attention"),
    path("preview/<slug:slug>/assets/<slug:source>/<slug:sha256>", timemachine.asset, name="asset"),
    path("preview/<slug:slug>/posters/<slug:source>/<slug:sha256>.png", timemachine.poster, name="poster"),
]
