"""For operators' machines: health, static files, the OpenAPI page, the pages of problem types."""
