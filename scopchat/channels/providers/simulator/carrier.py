"""The simulated carrier's API: takes texts, refuses them, or takes them and never answers, as its phones are set."""

from __future__ import annotations

import hmac
import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe
from django_scopes import scope

from scopchat.accounts.access import public
from scopchat.channels.hook_tokens import digest_of
from scopchat.channels.loans import companies_on
from scopchat.channels.models import Provider
from scopchat.channels.providers.simulator import photos, services
from scopchat.channels.providers.simulator.models import Outcome, SimulatedText
from scopchat.common.clock import utc_now
from scopchat.tenancy.models import Company


def _provider(request: HttpRequest, token: str) -> Provider | None:
    """The company's account whose token and secret the request carries."""
    accounts = Provider.objects.select_related("company").filter(kind="simulator", hook_digest=digest_of(token))
    provider: Provider | None = accounts.first()
    given = request.headers.get("Authorization", "").encode()
    if provider is None or not provider.is_readable:
        return None
    if not hmac.compare_digest(given, f"Bearer {provider.credentials['secret']}".encode()):
        return None
    return provider


@public(company_id=Company, token=Provider)
@require_GET
def account(request: HttpRequest, company_id: int, token: str) -> HttpResponse:
    """Whether the carrier knows the account: 204 or 401."""
    with scope(company=company_id):
        return HttpResponse(status=204 if _provider(request, token) else 401)


@public(company_id=Company, token=Provider)
@csrf_exempt
@require_POST
def messages(request: HttpRequest, company_id: int, token: str) -> JsonResponse:
    """Takes one text: 201 with the carrier's id, 422 when the phone refuses, 504 when it is set not to answer."""
    with scope(company=company_id):
        provider = _provider(request, token)
        if provider is None:
            return JsonResponse({"error": "unknown account"}, status=401)
        return _take(request, provider)


def _take(request: HttpRequest, provider: Provider) -> JsonResponse:
    try:
        content = json.loads(request.body)
        values: dict[str, Any] = {
            "channel_address": str(content["from"]),
            "number": str(content["to"]),
            "text": str(content["text"]),
            "media_urls": [str(url) for url in content["media_urls"]],
            "reference": str(content["reference"])[:30],
        }
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"error": "malformed"}, status=400)
    text = services.carry(provider=provider, now=utc_now(), **values)
    if text is None:
        return JsonResponse({"error": "refused"}, status=422)
    if text.phone.outcome == Outcome.UNCLEAR:
        return JsonResponse({"error": "no answer"}, status=504)
    return JsonResponse({"id": text.carrier_id}, status=201)


@public(company_id=Company, token=Provider, reference=SimulatedText)
@require_GET
def message(request: HttpRequest, company_id: int, token: str, reference: str) -> JsonResponse:
    """Whether the carrier has the desk's message: 200 with its id, or 404."""
    with scope(company=company_id):
        provider = _provider(request, token)
        if provider is None:
            return JsonResponse({"error": "unknown account"}, status=401)
        companies = companies_on(provider)
    with scope(company=companies):
        text = SimulatedText.objects.filter(reference=reference, from_customer=False).order_by("id").first()
    if text is None:
        return JsonResponse({"error": "not found"}, status=404)
    return JsonResponse({"id": text.carrier_id})


@public(token=SimulatedText)
@require_safe
def photo(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001
    """A photo that a toy phone sent."""
    content = photos.content_of(token)
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="image/png" if token.split(":")[0].endswith("png") else "image/jpeg")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
