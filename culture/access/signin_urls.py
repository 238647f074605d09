"""Addresses of the sign-in beside allauth's own. Those of allauth this site does not use lead to the page that
stands for them: addresses of people come from HR, and everything about sign-in is on one page."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.generic import RedirectView

from culture.access import address_views, factor_views, language_views, setup_views, signin_views, token_views

security = RedirectView.as_view(pattern_name="account_security")
door = login_not_required(RedirectView.as_view(pattern_name="account_login"))

urlpatterns = [
    path("accounts/security/", signin_views.security, name="account_security"),
    path("accounts/security/sessions/<int:pk>/end/", signin_views.end_session, name="account_end_session"),
    path("accounts/security/sessions/end-others/", signin_views.end_others, name="account_end_others"),
    path("accounts/once/<str:secret>/", signin_views.once, name="account_once"),
    path("accounts/security/address/", address_views.confirm_own, name="account_confirm_address"),
    path("accounts/security/keys/", token_views.keys, name="account_keys"),
    path("accounts/security/keys/new/", token_views.new_key, name="account_new_key"),
    path("accounts/security/keys/<int:pk>/end/", token_views.end_key, name="account_end_key"),
    path("accounts/2fa/webauthn/keys/<int:pk>/remove/", factor_views.remove_passkey, name="mfa_remove_webauthn"),
    path("accounts/2fa/totp/deactivate/", factor_views.switch_off_app, name="mfa_deactivate_totp"),
    path("accounts/2fa/", security, name="mfa_index"),
    path("accounts/2fa/webauthn/", security, name="mfa_list_webauthn"),
    path("accounts/email/", security),
    path("accounts/confirm-email/", door),
    path("accounts/confirm-email/<str:key>/", door),
    path("language/", language_views.language, name="language"),
    path("organisation/", setup_views.settings_page, name="organisation"),
]
