"""Who may log in: accounts, invitations, passwords, roles, and the desks of those without a school."""
