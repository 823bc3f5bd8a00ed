"""Pages about organizations and their people, one module a subject.

The site's own addresses (config/urls.py) use the entrance; the settings' URL modules name theirs.
"""

from accounts.views.entrance import current_goals, current_targets, home, organization_list, theme_set

__all__ = ["current_goals", "current_targets", "home", "organization_list", "theme_set"]
