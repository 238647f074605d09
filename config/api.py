from rest_framework.views import exception_handler

one_error_shape = exception_handler
