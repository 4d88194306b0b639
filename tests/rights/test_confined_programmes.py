"""People of a commune that is bound to its cluster plan what plays there; what plays elsewhere too is not theirs to change."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import log

from cms.places.confinement import today
from cms.places.models import Cluster, ClusterTag, Membership
from cms.programmes import choices, live_values
from cms.programmes.live_values import LiveValue
from cms.programmes.models import Programme, ProgrammeEntry, Slot
from cms.programmes.policy import ProgrammesPolicy
from cms.programmes.services import visible
from tests.conftest import make_user
from tests.content.makers import *  # noqa: F403

pytestmark = pytest.mark.django_db
SHUT = (302, 403, 404)


def played(title: str, province: Any, *clusters: Cluster, groups: tuple[ClusterTag, ...] = ()) -> Programme:
    """A programme with a slot of the same name on these clusters and groups; without any no slot."""
    programme: Programme = Programme.objects.create(province=province, title=title)
    if clusters or groups:
        slot = Slot.objects.create(programme=programme, title=title, date_from=today())
        slot.clusters.set(clusters)
        slot.cluster_tags.set(groups)
        slot.save()
    return programme


def titles(found: Any) -> set[str]:
    return {one.title for one in found}


@pytest.fixture
def plans(province, cluster, elsewhere) -> dict[str, Programme]:
    """By title: on the commune's cluster, on both, elsewhere, on both by a group, held by one that plays elsewhere, nowhere."""
    both = ClusterTag.objects.create(province=province, name="Cả tỉnh")
    for one in (cluster, elsewhere):
        one.tags.add(both)
        one.save()
    found = {
        "own": played("own", province, cluster),
        "both": played("both", province, cluster, elsewhere),
        "theirs": played("theirs", province, elsewhere),
        "group": played("group", province, groups=(both,)),
        "held": played("held", province, cluster),
        "nowhere": played("nowhere", province),
    }
    ProgrammeEntry.objects.create(programme=found["theirs"], nested=found["held"], sort_order=0)
    return found


def test_the_lists_hold_what_plays_on_their_clusters(plans, villager, editor, client_for):
    assert titles(visible(Programme, villager)) == {"own", "both", "group", "held"}
    assert titles(visible(Slot, villager)) == {"own", "both", "group", "held"}
    assert titles(visible(Programme, editor)) == set(plans)
    page = client_for(villager).get(reverse("wagtailsnippets_programmes_programme:list")).content.decode()
    assert "own" in page
    assert "theirs" not in page


def test_only_what_plays_nowhere_else_is_theirs_to_change(plans, villager, editor):
    programmes, slots = ProgrammesPolicy(Programme), ProgrammesPolicy(Slot)
    mine = {name for name, one in plans.items() if programmes.user_has_permission_for_instance(villager, "change", one)}
    assert mine == {"own"}
    theirs = {
        one.title for one in Slot.objects.all() if slots.user_has_permission_for_instance(villager, "delete", one)
    }
    assert theirs == {"own", "held"}
    assert all(programmes.user_has_permission_for_instance(editor, "change", one) for one in plans.values())


def test_a_programme_that_their_unit_began_is_theirs_before_it_plays(plans, villager, editor, commune):
    colleague = make_user("colleague", "an_giang", "editor")
    Membership.objects.create(user=colleague, organisation=commune, valid_from=today())
    log(plans["nowhere"], "wagtail.create", user=editor)
    assert "nowhere" not in titles(visible(Programme, villager))
    log(plans["nowhere"], "wagtail.create", user=colleague)
    villager.__dict__.pop("_bangtin_planned", None)
    assert "nowhere" in titles(visible(Programme, villager))
    assert ProgrammesPolicy(Programme).user_has_permission_for_instance(villager, "change", plans["nowhere"])


@pytest.mark.parametrize("name", ["edit", "delete", "history", "inspect", "copy"])
def test_pages_of_what_plays_elsewhere_stay_shut(plans, villager, client_for, name):
    client = client_for(villager)
    for model, one in (("programme", plans["theirs"]), ("slot", plans["theirs"].slots.get())):
        address = reverse(f"wagtailsnippets_programmes_{model}:{name}", args=[one.pk])
        assert client.get(address).status_code in SHUT, model
    own = reverse(f"wagtailsnippets_programmes_programme:{name}", args=[plans["own"].pk])
    assert client.get(own).status_code == 200


@pytest.mark.parametrize("ids", ["one", "all"])
@pytest.mark.parametrize("model", ["slot", "programme"])
def test_many_at_once_reach_no_further(plans, villager, client_for, model, ids):
    """Neither are slots of other clusters deleted by the page of many, nor does it tell their titles."""
    named = Slot.objects.get(title="theirs").pk if model == "slot" else plans["nowhere"].pk
    address = f"/admin/bulk/programmes/{model}/delete/?id={'all' if ids == 'all' else named}"
    client = client_for(villager)
    answer = client.get(address)
    assert answer.status_code == 302
    client.post(address)
    assert Slot.objects.filter(title="theirs").exists()
    assert Programme.objects.filter(title="nowhere").exists()


def test_a_slot_is_planned_on_their_clusters_alone(plans, villager, editor, cluster):
    """A group of clusters would reach beyond them, today or once another joins."""
    from cms.programmes.viewsets import slot_form_class

    form = slot_form_class()(instance=Slot(), for_user=villager)
    assert "cluster_tags" not in form.fields
    assert list(form.fields["clusters"].queryset) == [cluster]
    assert titles(form.fields["programme"].queryset) == {"own", "both", "group", "held"}
    assert "cluster_tags" in slot_form_class()(instance=Slot(), for_user=editor).fields


def test_clusters_named_in_a_question_are_asked_for_too(plans, villager, elsewhere, client_for):
    client = client_for(villager)
    for name in ("programmes:balance", "programmes:preview", "programmes:calendar"):
        answer = client.get(reverse(name), {"cluster": elsewhere.slug}, follow=True)
        assert "Vĩnh Xương" not in answer.content.decode(), name
    assert "Vĩnh Xương" not in client.get(reverse("programmes:balance")).content.decode()


def test_the_lists_ask_as_often_whatever_their_length(plans, villager, province, cluster, make_item, client_for):
    client, address = client_for(villager), reverse("wagtailsnippets_programmes_programme:list")
    item = make_item("Chợ Tịnh Biên", by=villager)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(6):
        more = played(f"more {number}", province, cluster)
        ProgrammeEntry.objects.create(programme=more, item=item, sort_order=0)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)


def test_programmes_offered_to_be_held_are_those_that_one_sees(plans, villager):
    assert titles(choices.nestable(villager)) == {"own", "both", "group", "held"}


def test_values_that_stand_on_all_screens_are_not_theirs(villager, editor, province, client_for):
    live = LiveValue.objects.create(province=province, name="usd", label="USD", at=timezone.now())
    add, edit = reverse("live_values:add"), reverse("live_values:edit", args=[live.pk])
    for person, open_ in ((villager, False), (editor, True)):
        client = client_for(person)
        for address in (add, edit):
            assert (client.get(address).status_code == 200) is open_, (person, address)
        assert live_values.may_change(person, "an_giang") is open_
