"""The HTTP toolkit: routes, replies, cookies, forms, headers. Knows no account."""
