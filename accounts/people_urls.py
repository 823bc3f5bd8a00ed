"""Addresses of people and invitations."""

from django.urls import path

from accounts.views import invitations, people

app_name = "people"
urlpatterns = [
    path("", people.member_list, name="member-list"),
    path("csv/", people.member_export, name="member-export"),
    path("new/", people.member_add, name="member-add"),
    path("<int:member_id>/", people.member_detail, name="member-detail"),
    path("<int:member_id>/leave/", people.member_leave, name="member-leave"),
    path("<int:member_id>/return/", people.member_return, name="member-return"),
    path("<int:member_id>/login/", invitations.login_give, name="login-give"),
    path("invitations/", invitations.invitation_list, name="invitation-list"),
    path("invitations/new/", invitations.invitation_add, name="invitation-add"),
    path("invitations/<int:invitation_id>/resend/", invitations.invitation_resend, name="invitation-resend"),
    path("invitations/<int:invitation_id>/revoke/", invitations.invitation_revoke, name="invitation-revoke"),
]
