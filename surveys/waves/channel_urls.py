from django.urls import path

from surveys.waves import channel_views, hooks, mail_views

urlpatterns = [
    path("waves/<int:pk>/hand-out/", channel_views.hand_out, name="hand_out"),
    path("waves/<int:pk>/hand-out/<int:unit>/", channel_views.hand_out_unit, name="hand_out_unit"),
    path("waves/<int:pk>/hand-out/<int:unit>/sheet/", channel_views.print_sheet, name="print_sheet"),
    path("waves/<int:pk>/hand-out/link/<int:employee>/", channel_views.show_link, name="show_link"),
    path("waves/<int:pk>/hand-out/try-again/<int:employee>/", channel_views.try_again, name="try_again"),
    path("waves/<int:pk>/tablets/", channel_views.kiosk_list, name="kiosks"),
    path("waves/<int:pk>/tablets/<int:kiosk>/end/", channel_views.end_kiosk, name="end_kiosk"),
    path("survey-mails/", mail_views.survey_mails, name="mails"),
    path("chat-tools/", channel_views.endpoint_list, name="endpoints"),
    path("chat-tools/<int:pk>/test/", channel_views.test_endpoint, name="test_endpoint"),
    path("chat-tools/<int:pk>/remove/", channel_views.remove_endpoint, name="remove_endpoint"),
    path("hooks/bounces/", hooks.bounce_hook, name="bounce_hook"),
]
