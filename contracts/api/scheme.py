"""What the schema of the API says of tokens. Imported by the addresses, so that the generator finds it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # it comes without types
    """How the schema says it."""

    target_class = "contracts.api.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "duly1_ and 49 characters",
            "description": "A token that you make on the page Your account. It opens the contracts and allows"
            " the acts that you chose, until its last day; never more than you may do yourself.",
        }
