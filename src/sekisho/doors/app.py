"""The WSGI application of one serving process; the server loads `create` in its worker."""

from dataclasses import replace
from pathlib import Path
from wsgiref.types import WSGIApplication

from sekisho.doors import house, logs, processors
from sekisho.doors.ops import counting
from sekisho.doors.settings import environment, gather
from sekisho.doors.supervising import (
    FLAGS,
    FOLDER,
    MODE,
    die_with_parent,
    read_flags,
    settle_memory,
)
from sekisho.web.routing import make_app


def create() -> WSGIApplication:
    """Put the house together from what the supervisor put into the environment."""
    die_with_parent()
    logs.configure()
    env = environment()
    is_dev = env[MODE] == "dev"
    settings = gather(Path(env[FOLDER]), read_flags(env.get(FLAGS, "")), env, is_dev=is_dev)
    is_inside = is_dev or settings.text("worker") == "inside"
    built = house.build(settings, is_dev=is_dev, sends=is_inside)
    settle_memory()
    processors.settle()
    if built.worker is not None:
        built.worker.start()
    site = built.site
    if counting.FOLDER in env:
        site = replace(site, count=counting.counter())
    return make_app(site, built.routes)
