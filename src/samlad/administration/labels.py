"""What each event is called on the screen. A test sees to it that none is missing."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENTS: dict[str, str | Promise] = {
    "accounts.password.changed": _("changed the password"),
    "accounts.sign_in.failed": _("failed sign-in"),
    "accounts.sign_in.locked": _("sign-in locked after failures"),
    "accounts.sign_in.succeeded": _("signed in"),
    "accounts.sign_out.done": _("signed out"),
    "accounts.user.activated": _("opened an account"),
    "accounts.user.deactivated": _("closed an account"),
    "accounts.user.invited": _("made an account"),
    "audit.log.searched": _("searched the log"),
    "authorization.membership.added": _("gave a role"),
    "authorization.membership.ended": _("ended a role"),
    "incidents.batch.accepted": _("took in a file"),
    "incidents.batch.discarded": _("threw a file away"),
    "incidents.batch.failed": _("a file was not read"),
    "incidents.batch.handed_back": _("a file waits for an answer"),
    "incidents.batch.opened": _("uploaded a file"),
    "incidents.batch.queued": _("asked for a file to be read"),
    "incidents.category.added": _("added a category"),
    "incidents.category.edited": _("changed a category"),
    "incidents.rows.read": _("read many incidents"),
    "incidents.source.added": _("added a source"),
    "incidents.word.mapped": _("gave a word its category"),
    "organisations.demo.loaded": _("loaded the demonstration"),
    "organisations.organisation.saved": _("saved an organisation"),
    "picture.finding.decided": _("decided on a finding"),
    "picture.picture.adopted": _("adopted a picture"),
    "picture.picture.compiled": _("compiled a picture"),
    "picture.picture.exported": _("downloaded a picture"),
    "picture.picture.not_compiled": _("a picture was not compiled"),
    "picture.picture.recompiled": _("asked for a picture to be compiled again"),
    "picture.picture.reopened": _("took a picture back to draft"),
    "picture.picture.replaced": _("a picture was replaced"),
    "picture.picture.reviewed": _("finished the review of a picture"),
    "picture.picture.share_ended": _("ended access to a picture"),
    "picture.picture.shared": _("made a picture available"),
    "picture.picture.started": _("started a picture"),
    "picture.section.written": _("wrote in a picture"),
    "places.areas.imported": _("read in areas"),
    "places.areas.merged": _("made a district"),
    "places.place.added": _("added a place"),
}

TARGETS: dict[str, str | Promise] = {
    "accounts.user": _("person"),
    "authorization.membership": _("role"),
    "incidents.batch": _("file"),
    "incidents.category": _("category"),
    "incidents.categoryword": _("word"),
    "incidents.source": _("source"),
    "organisations.municipality": _("municipality"),
    "organisations.organisation": _("organisation"),
    "picture.picture": _("picture"),
    "places.area": _("area"),
    "places.place": _("place"),
}
