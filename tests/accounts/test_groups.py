"""Who belongs to a province, and what their role lets them do."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject
from wagtail.models import GroupCollectionPermission

from cms.accounts.models import ProvinceGroup, Role
from cms.accounts.services import collection_of, ensure_groups, forget_roles, has_role, provinces_of, roles_of

pytestmark = pytest.mark.django_db


def test_a_province_has_one_group_for_each_role_however_often_it_is_asked_for():
    first, again = ensure_groups("an_giang"), ensure_groups("an_giang")
    assert set(first) == set(Role.values)
    assert {g.pk for g in first.values()} == {g.pk for g in again.values()}
    assert ProvinceGroup.objects.filter(province="an_giang").count() == len(Role)


def test_an_editor_has_the_role_in_their_own_province_only(editor, other_province):
    assert has_role(editor, "an_giang", "editor")
    assert has_role(editor, "an_giang")
    assert not has_role(editor, "an_giang", "approver")
    assert not has_role(editor, "cao_bang")
    assert provinces_of(editor) == {"an_giang"}


def test_an_administrator_has_every_role_everywhere_while_active(administrator):
    assert has_role(administrator, "an_giang", "approver")
    assert provinces_of(administrator) is None
    administrator.is_active = False
    assert not has_role(administrator, "an_giang", "approver")
    assert provinces_of(administrator) == set()


def test_nobody_has_no_role():
    assert not has_role(AnonymousUser(), "an_giang", "editor")
    assert provinces_of(AnonymousUser()) == set()


def test_a_new_role_is_seen_after_the_old_ones_are_forgotten(editor):
    assert not has_role(editor, "an_giang", "approver")
    editor.groups.add(ensure_groups("an_giang")["approver"])
    forget_roles(editor)
    assert has_role(editor, "an_giang", "approver")


def test_everybody_of_the_cast_may_enter_the_admin(contributor, editor, appraiser, approver, operator):
    for user in (contributor, editor, appraiser, approver, operator):
        assert user.has_perm("wagtailadmin.access_admin")


def test_operators_have_no_right_on_content(operator):
    rights = GroupCollectionPermission.objects.filter(group__user=operator)
    assert not rights.exists()
    content = ("content.", "wagtailimages.", "wagtailmedia.", "wagtailcore.")
    assert not [name for name in operator.get_all_permissions() if name.startswith(content)]


def test_contributors_add_pictures_and_clips_to_the_collection_of_their_province(contributor, outsider):
    from wagtail.images import get_image_model
    from wagtail.permissions import policy_registry
    from wagtailmedia.models import get_media_model

    policy = policy_registry.get_by_type(get_image_model())
    mine = policy.collections_user_has_permission_for(contributor, "add")
    assert list(mine) == [collection_of("an_giang")]
    assert collection_of("an_giang") not in policy.collections_user_has_permission_for(outsider, "add")
    clips = policy_registry.get_by_type(get_media_model())
    assert list(clips.collections_user_has_permission_for(contributor, "add")) == [collection_of("an_giang")]


@pytest.mark.parametrize("as_request_has_it", [False, True])
def test_roles_are_read_once_until_they_are_forgotten(editor, django_assert_num_queries, as_request_has_it):
    asking = SimpleLazyObject(lambda: editor) if as_request_has_it else editor
    roles_of(asking)
    with django_assert_num_queries(0):
        roles_of(asking)
    forget_roles(asking)
    with django_assert_num_queries(1):
        assert roles_of(asking) == {("an_giang", "editor")}
