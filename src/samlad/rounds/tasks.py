"""Letters, written in the background. They hold a link and no content."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.mail import EmailMessage, send_mail
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

logger = logging.getLogger(__name__)


@task()
def write_to_recipients(dispatch_id: int) -> None:
    """Write to an organisation that a picture has been made available to it."""
    # Drawing a PDF is for the worker; a web worker only queues.
    from samlad.picture import showing
    from samlad.rounds import addresses
    from samlad.rounds.models import Dispatch

    sent = Dispatch.objects.select_related("round__picture__municipality").get(pk=dispatch_id)
    picture = sent.round.picture
    if picture is None:
        return
    with translation.override("sv"):
        link = settings.ENVIRONMENT.url + reverse("picture", args=[picture.pk])
        body = _("A situational picture has been made available to you:") + f"\n\n{link}\n\n"
        body += _("What you save becomes an allmän handling (public record) with you as well.")
        pdf = showing.pdf(picture) if sent.with_pdf else None
        for address in addresses.readers_of(sent.organisation_id):
            letter = EmailMessage(
                subject=_("A situational picture to read"), body=body, to=[address]
            )
            if pdf is not None:
                letter.attach("lagesbild.pdf", pdf, "application/pdf")
            try:
                letter.send()
            except OSError:  # an address the mail server refuses keeps no letter from the others
                logger.exception("A letter of dispatch %s was not sent", dispatch_id)


@task()
def tell_on_duty(user_id: int) -> None:
    """Write to somebody on duty that an urgent report waits. No content."""
    from samlad.accounts.models import User

    user = User.objects.get(pk=user_id)
    with translation.override("sv"):
        link = settings.ENVIRONMENT.url + reverse("urgent")
        send_mail(_("An urgent report waits"), f"{link}\n", None, [user.email])


@task()
def remind(organisation_id: int) -> None:
    """Remind an organisation that its week is not done. No content."""
    from samlad.rounds import addresses

    with translation.override("sv"):
        link = settings.ENVIRONMENT.url + reverse("report_phone")
        body = (
            _("The week's reports have not been marked as done. It takes a minute:")
            + f"\n\n{link}\n\n"
            + _("Nothing to report is an answer too.")
        )
        for address in addresses.reporters_of(organisation_id):
            send_mail(_("Is your week done?"), body, None, [address])
