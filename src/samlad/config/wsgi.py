"""The WSGI entry gunicorn serves: `samlad.config.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samlad.config.settings")
application = get_wsgi_application()
