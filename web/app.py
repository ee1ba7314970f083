"""The application: every part of the edge on an open store."""

from flask import Flask

from registry.database.store import Store
from web import (
    account,
    api,
    db,
    duplicates,
    edit,
    errors,
    export,
    opportunities,
    pages,
    rates,
    security,
    upload,
    uploaded,
    users,
    visitors,
)
from web.api.front import Front
from web.config import LOOPBACK, Settings
from web.hosts import Hosts


def create_app(settings: Settings, store: Store) -> Flask:
    """The application on an open store."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = settings.largest_body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.longest_form_bytes
    app.config["MAX_RECORD_SIZE"] = settings.longest_record_bytes
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app, store, settings.most_waiting)
    rates.init_app(app, settings.rates, settings.shared_counts)
    security.init_app(app)
    errors.init_app(app)
    uploaded.init_app(app, settings)
    app.context_processor(visitors.template_values)
    for module in (pages, edit, export, opportunities, duplicates, account, users, api, upload):
        app.register_blueprint(module.bp)
    hosts = LOOPBACK if settings.on_loopback else ()
    layers = Hosts(Front(app.wsgi_app, store), hosts)
    app.wsgi_app = layers  # type: ignore[assignment,method-assign]  # Flask's way
    return app
