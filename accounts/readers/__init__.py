"""What the pages about organizations and people show, one module a subject."""

from accounts.readers.entrance import Membership, memberships

__all__ = ["Membership", "memberships"]
