"""The demo organisation: Meridian, a retailer in the second year of its service program."""
