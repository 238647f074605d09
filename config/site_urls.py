"""The addresses of config's own pages: home, styleguide, health, demo mailbox, API."""

urlpatterns: list = []
