"""The page on which appraisers and approvers say who stands in for them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cms.accounts.models import Role
from cms.accounts.services import roles_of
from cms.approval.decisions import Delegation
from cms.approval.delegating import (
    MOST_DAYS,
    NotDelegated,
    delegate,
    delegations_for,
    end,
    may_end,
    possible_delegates,
    powers_to_delegate,
)
from cms.approval.powers import today
from cms.approval.views import attempt

SHOWN = 100


def _date(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))


class DelegationForm(forms.Form):
    """What is delegated to whom, from when until when, and why."""

    power = forms.ChoiceField(label=gettext_lazy("What is delegated"))
    to: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=gettext_lazy("Who decides for you"),
        queryset=None,
        help_text=gettext_lazy(
            "Somebody with a role in the same province. They decide in your name, under the same rule of four eyes."
        ),
    )
    valid_from = _date(gettext_lazy("First day"))
    valid_until = _date(gettext_lazy("Last day"))
    document = forms.CharField(
        label=gettext_lazy("Number of the document"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For example: 12/CV-SVHTTDL"),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.powers = powers_to_delegate(user)
        labels = dict(Delegation.Role.choices)
        power: Any = self.fields["power"]
        power.choices = [(f"{province.code}:{role}", f"{labels[role]} – {province}") for province, role in self.powers]
        to: Any = self.fields["to"]
        to.queryset = possible_delegates(user, {province.code for province, _role in self.powers})


def may_look(user: Any) -> bool:
    """Appraisers, approvers and administrators; and who stands in for one of them."""
    wanted = (Role.APPRAISER, Role.APPROVER, Role.ADMINISTRATOR)
    if user.is_superuser or any(role in wanted for _code, role in roles_of(user)):
        return True
    return Delegation.objects.filter(delegate=user).exists()


def delegations(request: HttpRequest) -> HttpResponse:
    """Who stands in for whom, and the form of a new delegation for those who have something to delegate."""
    user: Any = request.user
    if not may_look(user):
        raise PermissionDenied
    form = DelegationForm(request.POST or None, user=user, initial={"valid_from": today()})
    said = _("From its first day on, the delegation is in force.")
    if request.method == "POST" and form.is_valid() and attempt(request, lambda: _make(form, user), said):
        return redirect("approval:delegations")
    found = list(delegations_for(user)[:SHOWN])
    rows = [{"one": one, "state": _state(one), "may_end": one.ended_at is None and may_end(user, one)} for one in found]
    context = {"form": form if form.powers else None, "rows": rows, "most_days": MOST_DAYS}
    return render(request, "approval/delegations.html", context)


def _make(form: DelegationForm, user: Any) -> None:
    data = form.cleaned_data
    code, _colon, role = data["power"].partition(":")
    province = next((one for one, held in form.powers if (one.code, held) == (code, role)), None)
    if province is None:
        raise NotDelegated(_("You can delegate only what you may decide yourself."))
    delegate(
        province,
        role,
        by=user,
        to=data["to"],
        valid_from=data["valid_from"],
        valid_until=data["valid_until"],
        reason=data["reason"],
        document=data["document"],
    )


def _state(one: Delegation) -> tuple[str, str]:
    """A mark that does not rest on colour, and its word."""
    if one.ended_at is not None:
        return "■", _("Ended early")
    if one.valid_until < today():
        return "■", _("Over")
    return ("○", _("Begins later")) if one.valid_from > today() else ("●", _("In force"))


@require_POST
def end_delegation(request: HttpRequest, delegation_id: int) -> HttpResponse:
    """End a delegation at once; one that this person may not see does not exist."""
    found = get_object_or_404(Delegation.objects.select_related("province"), pk=delegation_id)
    if not delegations_for(request.user).filter(pk=found.pk).exists():
        raise Http404
    attempt(request, lambda: end(found, by=request.user), _("The delegation has ended."))
    return redirect("approval:delegations")
