"""Who signs in and what that person may do. Pure, but for `oidc`, which asks the provider; it knows no store."""
