"""How the world comes in: the WSGI application, the commands, the worker, the settings."""
