"""For operators and their machines: health, static files, the OpenAPI page, checks of the set-up."""
