"""Roles and the scopes that each grants: the one table of what a person may do. An API key has its scopes listed by itself."""

from collections.abc import Iterable, Mapping

from auricle_contracts import MemberRole, Scope

SCOPES: Mapping[MemberRole, frozenset[Scope]] = {
    MemberRole.ADMIN: frozenset(Scope),
    MemberRole.QUALITY_MANAGER: frozenset(
        {
            Scope.READ,
            Scope.LABEL,
            Scope.EXPORT,
            Scope.UNMASK,
            Scope.REVIEW,
            Scope.AUDIT,
            Scope.PROMOTE,
            Scope.KNOWLEDGE,
            Scope.TRAIN,
        }
    ),
    MemberRole.REVIEWER: frozenset({Scope.READ, Scope.LABEL, Scope.REVIEW}),
    MemberRole.ANALYST: frozenset({Scope.READ, Scope.EXPORT, Scope.TRAIN}),
    MemberRole.AGENT: frozenset({Scope.READ, Scope.APPEAL}),
    MemberRole.OPERATIONS: frozenset({Scope.READ, Scope.INGEST, Scope.OPERATE}),
}


def scopes_of(roles: Iterable[MemberRole]) -> frozenset[Scope]:
    """What all of a person's roles grant together."""
    return frozenset(scope for role in roles for scope in SCOPES[role])


def is_limited_to_own(roles: Iterable[MemberRole]) -> bool:
    """Whether the person sees own conversations only: no role but `agent` grants reading. Without a role nothing is seen."""
    return all(role is MemberRole.AGENT for role in roles)
