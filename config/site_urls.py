"""The addresses of config's own pages: home, styleguide, health, demo mailbox, API, admin."""

import importlib
import importlib.util

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from config import health, home, mailbox
from config.api import router
from culture.access.permissions import Permission, api_permission

# Second factors and the places somebody signed in from are his own business, not the support pages'.
# Nor are addresses, with which anybody could be signed in as.
for model in (Authenticator, UserSession, EmailAddress):
    if admin.site.is_registered(model):
        admin.site.unregister(model)

# For whoever works here: the key of somebody who left opens not even the description.
here = [api_permission(Permission.DO_TRAINING)]
schema = SpectacularAPIView.as_view(permission_classes=here)
docs = SpectacularSwaggerSplitView.as_view(permission_classes=here, url_name="schema")
sign_in = RedirectView.as_view(pattern_name="account_login", query_string=True)

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("demo/mailbox/", mailbox.mailbox, name="mailbox"),
    # DRF authenticates by itself (a token, or the session) and denies by default; Django's middleware would redirect.
    path("api/v1/schema/", login_not_required(schema), name="schema"),
    path("api/v1/docs/", login_not_required(docs), name="docs"),
    path("api/v1/", include(router.urls)),
    # One sign-in for all: allauth's limits and, later, second factors hold for the admin too.
    path("admin/login/", login_not_required(sign_in), name="admin_sign_in"),
    path("admin/", admin.site.urls),
]

if importlib.util.find_spec("config.styleguide"):
    view = importlib.import_module("config.styleguide").styleguide
    urlpatterns.append(path("styleguide/", view, name="styleguide"))
