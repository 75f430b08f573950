"""Photos: those of a thread, those of a text that is being written, and those that a carrier is to send."""

from __future__ import annotations

from http import HTTPStatus

from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_scopes import scope

from scopchat.accounts.access import PersonRequest, public, requires
from scopchat.accounts.roles import Permission
from scopchat.common.clock import utc_now
from scopchat.common.images import NotAPhoto, TooLarge
from scopchat.common.photo_uploads import checked_upload
from scopchat.interactions import media, pages
from scopchat.interactions.models import Attachment, AttachmentState, Upload
from scopchat.interactions.services import uploads


@requires(Permission.SEE_INTERACTIONS, token=Attachment)
def attachment(request: PersonRequest, token: str) -> HttpResponse:
    """A photo, by a signed link that expires, and only for who may see the thread."""
    photo = _photo(media.read_link(token))
    # No id is 0: a text outside any thread is nobody's to see.
    pages.visible(request, photo.message.interaction_id or 0)
    return _shown(photo.file, photo.content_type)


@public(token=Attachment)
@require_safe
def carriers_photo(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001
    """A photo of ours, by a link that nobody but the carrier was given."""
    link = media.read_carriers_link(token)
    if link is None:
        raise Http404
    with scope(company=link.company_id):
        photo = _photo(link.photo_id)
        return _shown(photo.file, photo.content_type)


def _photo(pk: int | None) -> Attachment:
    found = Attachment.objects.select_related("message")
    photo: Attachment = get_object_or_404(found, pk=pk or 0, state=AttachmentState.READY)
    return photo


@requires(Permission.ANSWER, token=Upload)
def uploaded(request: PersonRequest, token: str) -> HttpResponse:
    """A photo that the person has chosen and not sent yet."""
    pk = media.read_upload_link(token)
    photo: Upload = get_object_or_404(Upload, pk=pk or 0, person=request.user)
    return _shown(photo.file, photo.content_type)


def _shown(file: FieldFile, content_type: str) -> HttpResponse:
    try:
        with file.open() as content:
            response = HttpResponse(content.read(), content_type=content_type)
    except FileNotFoundError:
        raise Http404 from None
    response.headers["Content-Disposition"] = "inline"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = f"private, max-age={media.LIFE}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
@requires(Permission.ANSWER)
def upload(request: PersonRequest) -> HttpResponse:
    """Takes one photo for a text that is being written; answers with its line, or with the reason why not."""
    try:
        photo = checked_upload(request.FILES.get("photo"))
    except TooLarge:
        refusal = _("Larger than 5 MB.")
    except NotAPhoto:
        refusal = _("Not a JPG or PNG photo.")
    else:
        kept = uploads.keep(company=request.company, person=request.user, photo=photo, now=utc_now())
        return render(request, "interactions/upload.html", {"photo": kept, "address": media.link_to_upload(kept.pk)})
    return HttpResponse(refusal, content_type="text/plain; charset=utf-8", status=HTTPStatus.UNPROCESSABLE_ENTITY)
