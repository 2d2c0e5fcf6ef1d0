"""A site that is nothing but django-allauth, headless, with sign-in by code. For the bench only."""
