"""Addresses of the organization's own settings."""

from django.urls import path

from accounts.views import companies, holidays, organization, spans, target_rules, teams, zones

app_name = "settings"
urlpatterns = [
    path("", organization.organization, name="organization"),
    path("targets/", target_rules.target_rules, name="target-rules"),
    path("companies/", companies.company_list, name="company-list"),
    path("companies/export/", companies.company_export, name="company-export"),
    path("companies/import/", companies.company_import, name="company-import"),
    path("companies/new/", companies.company_add, name="company-add"),
    path("companies/<int:company_id>/", companies.company_detail, name="company-detail"),
    path("companies/<int:company_id>/delete/", companies.company_delete, name="company-delete"),
    path("holidays/", holidays.holiday_list, name="holiday-list"),
    path("holidays/export/", holidays.closing_day_export, name="closing-day-export"),
    path("holidays/import/", holidays.closing_day_import, name="closing-day-import"),
    path("holidays/<int:closing_id>/", holidays.closing_day_detail, name="closing-day-detail"),
    path("holidays/<int:closing_id>/remove/", holidays.closing_day_remove, name="closing-day-remove"),
    path("teams/", teams.team_list, name="team-list"),
    path("teams/export/", teams.team_export, name="team-export"),
    path("teams/import/", teams.team_import, name="team-import"),
    path("teams/new/", teams.team_add, name="team-add"),
    path("teams/<int:team_id>/", teams.team_detail, name="team-detail"),
    path("teams/<int:team_id>/delete/", teams.team_delete, name="team-delete"),
    path("teams/<int:team_id>/join/", teams.team_join, name="team-join"),
    path("teams/<int:team_id>/manage/", teams.team_manage, name="team-manage"),
    path("teams/<int:team_id>/people/import/", teams.team_members_import, name="team-members-import"),
    path("teams/<int:team_id>/people/", teams.team_members_export, name="team-members-export"),
    path("teams/<int:team_id>/managers/<int:manager_id>/remove/", teams.manager_remove, name="manager-remove"),
    path("teams/people/<int:span_id>/", spans.membership_detail, name="membership-detail"),
    path("teams/people/<int:span_id>/move/", spans.membership_move, name="membership-move"),
    path("teams/people/<int:span_id>/remove/", spans.membership_remove, name="membership-remove"),
    path("zones/", zones.zone_list, name="zone-list"),
    path("zones/export/", zones.zone_export, name="zone-export"),
    path("zones/import/", zones.zone_import, name="zone-import"),
    path("zones/new/", zones.zone_add, name="zone-add"),
    path("zones/<int:zone_id>/", zones.zone_detail, name="zone-detail"),
    path("zones/<int:zone_id>/delete/", zones.zone_delete, name="zone-delete"),
    path("zones/<int:zone_id>/assign/", zones.zone_assign, name="zone-assign"),
    path("zones/<int:zone_id>/people/import/", zones.zone_people_import, name="zone-people-import"),
    path("zones/<int:zone_id>/people/", zones.zone_people_export, name="zone-people-export"),
    path("zones/people/<int:span_id>/", spans.assignment_detail, name="assignment-detail"),
    path("zones/people/<int:span_id>/move/", spans.assignment_move, name="assignment-move"),
    path("zones/people/<int:span_id>/remove/", spans.assignment_remove, name="assignment-remove"),
]
