"""The read endpoints of this room: ``routes`` is (prefix, viewset)."""

routes: list = []
