"""Organizations, their people, teams and zones; tenancy, sign-in and permissions."""
