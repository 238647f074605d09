import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from django.db import connections  # noqa: E402

from culture.access import setup  # noqa: E402 - models can be imported only now

setup.announce()
connections.close_all()
