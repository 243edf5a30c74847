"""Sign-in: credentials become a session.

by_password ─ e-mail ─► people with it, one a workspace ─ argon2 ─► those that open ─ one? ─ second factor ─► session
by_provider ─ code ───► vouched for ─ subject known? else verified e-mail, and the subject is remembered ──► session
by_link ────── token ─► a new password; every session that was open ends

What is refused is refused in the same words and the same time, whether there is such a person or not.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from auricle_contracts.audit import AuditAction
from auricle_identity import passwords, tokens, totp
from auricle_identity.errors import SecondFactorRequired, SignInRefused
from auricle_identity.oidc import Provider
from auricle_kit import log
from auricle_kit.errors import NotFound
from auricle_kit.sealing import Keyring, Unreadable
from auricle_records import audit
from auricle_records.callers import Actor
from auricle_records.database import Database
from auricle_records.people import credentials, sessions
from auricle_records.people.credentials import Credentials
from auricle_records.people.sessions import Lifetime, Method, Session

from auricle_gateway.access.rates import Rates
from auricle_gateway.errors import NotReady, WorkspaceRequired

logger = log.get("gateway.sign_in")
TOO_MANY_TRIES = "too many sign-ins were tried for this e-mail"
HASHES_AT_ONCE = 4
LONGEST_CLIENT = 200


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that was begun, its workspace, and the token that nobody is told again."""

    session: Session
    workspace: str
    token: str


@dataclass(frozen=True)
class SignIn:
    """Everything that begins a session. `tries` counts by e-mail, over all gateways."""

    db: Database
    keyring: Keyring | None
    provider: Provider | None
    lifetime: Lifetime
    tries: Rates
    link_s: float
    _hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(HASHES_AT_ONCE))

    async def by_password(
        self, email: str, password: str, *, code: str | None, workspace: str | None, client: str
    ) -> Begun:
        """Raises SignInRefused, SecondFactorRequired, WorkspaceRequired, RateLimited."""
        await self.tries.check(f"sign-in {tokens.digest(email)}")
        known = [one for one in await credentials.by_email(self.db, email) if workspace in (None, one.workspace)]
        opened = await self._opened(password, known)
        if not opened:
            await self._note_refused(known)
        found = _only(opened)
        if found.factor_on:
            await self._check_factor(found, code)
        if found.password_hash and passwords.is_outdated(found.password_hash):
            await credentials.rehash(self.db, found, await self._hashed(password))
        return await self._begin(found, "password", client)

    async def by_provider(self, *, code: str, nonce: str, verifier: str, workspace: str | None, client: str) -> Begun:
        """Raises SignInRefused, WorkspaceRequired, ProviderUnavailable."""
        vouched = await self.required_provider.finish(code=code, nonce=nonce, verifier=verifier)
        known = await credentials.by_subject(self.db, vouched.issuer, vouched.subject)
        if vouched.email is not None:
            fresh = [one for one in await credentials.by_email(self.db, vouched.email) if not one.has_subject]
            known = [*known, *fresh]
        found = _only([one for one in known if workspace in (None, one.workspace)])
        if not found.has_subject and not await credentials.bind(self.db, found, vouched.issuer, vouched.subject):
            raise SignInRefused
        return await self._begin(found, "oidc", client)

    async def by_link(self, token: str, password: str) -> Credentials:
        """Set the password. Raises LinkUsedUp, InvalidRequest for a weak one."""
        link = tokens.digest(token)
        found = await credentials.by_link(self.db, link)
        passwords.check(password, email=found.email, name=found.name)
        await credentials.use_link(self.db, found, link, await self._hashed(password))
        await self._note(found, AuditAction.PASSWORD_SET, found.person_id, {"by": "link"})
        logger.info("password_set", person=found.person_id)
        return found

    async def make_link(self, workspace: str, person_id: str) -> str:
        """The token of a one-time link, in the place of an earlier one. Raises NotFound."""
        token = tokens.new(tokens.RESET)
        await credentials.make_link(self.db, workspace, person_id, tokens.digest(token), self.link_s)
        return token

    async def change_password(self, workspace: str, person_id: str, old: str, new: str) -> None:
        """By the one that holds. Ends the person's sessions. Raises SignInRefused, InvalidRequest, RateLimited."""
        found = await credentials.of(self.db, workspace, person_id)
        await self.tries.check(f"sign-in {tokens.digest(found.email)}")
        if not await self._opened(old, [found]):
            raise SignInRefused
        passwords.check(new, email=found.email, name=found.name)
        link = tokens.digest(await self.make_link(workspace, person_id))
        await credentials.use_link(self.db, found, link, await self._hashed(new))

    async def prepare_factor(self, workspace: str, person_id: str) -> tuple[str, str]:
        """A secret for the authenticator app, and its URI. Raises NotReady without a masking key, and where a factor is on already."""
        found = await credentials.of(self.db, workspace, person_id)
        if self.keyring is None:
            raise NotReady(
                "this installation has no key to seal a second factor with", action="Set AURICLE_MASKING_KEYS."
            )
        if found.factor_on:
            raise NotReady("a second factor is on already", action="Remove it first.")
        secret = totp.new_secret()
        sealed = self.keyring.seal(secret.encode(), credentials.factor_owner(workspace, person_id))
        await credentials.prepare_factor(self.db, found, sealed)
        return secret, totp.uri(secret, found.email)

    async def confirm_factor(self, workspace: str, person_id: str, code: str) -> None:
        """Switch the prepared factor on by one of its codes. Raises SignInRefused, NotFound where none was prepared."""
        await self._check_factor(await self._with_factor(workspace, person_id), code)

    async def drop_factor(self, workspace: str, person_id: str, code: str) -> None:
        """By the person, with one of its codes. Raises SignInRefused, NotFound."""
        await self._check_factor(await self._with_factor(workspace, person_id), code)
        await credentials.drop_factor(self.db, workspace, person_id)

    @property
    def required_provider(self) -> Provider:
        """Raises NotFound where there is none."""
        if self.provider is None:
            raise NotFound("this installation has no identity provider", action="Sign in by password.")
        return self.provider

    async def _with_factor(self, workspace: str, person_id: str) -> Credentials:
        found = await credentials.of(self.db, workspace, person_id)
        if found.factor is None:
            raise NotFound("no second factor was prepared")
        return found

    async def _check_factor(self, found: Credentials, code: str | None) -> None:
        """Each code once, also where two bring it at the same moment."""
        if code is None:
            raise SecondFactorRequired
        await self.tries.check(f"factor {found.person_id}")
        step = totp.step_of(code, self._secret(found), after=found.factor_step)
        if step is None or not await credentials.use_factor_step(self.db, found, step):
            await self._note_refused([found])
            raise SignInRefused

    def _secret(self, found: Credentials) -> str:
        if self.keyring is None or found.factor is None:
            raise SignInRefused
        try:
            return self.keyring.open(found.factor, credentials.factor_owner(found.workspace, found.person_id)).decode()
        except Unreadable:
            logger.warning("factor_unreadable", person=found.person_id, key=found.factor.key_id)
            raise SignInRefused from None

    async def _opened(self, password: str, known: Sequence[Credentials]) -> list[Credentials]:
        """Those whose password it is; as slow for nobody as for one."""
        async with self._hashing:
            return await asyncio.to_thread(_verified, password, known)

    async def _hashed(self, password: str) -> str:
        async with self._hashing:
            return await asyncio.to_thread(passwords.hashed, password)

    async def _note(self, found: Credentials, action: AuditAction, subject: str, details: dict[str, str]) -> None:
        actor = Actor("person", found.person_id, found.name)
        await audit.write(self.db, found.workspace, actor, action, subject=subject, details=details)

    async def _note_refused(self, known: Sequence[Credentials]) -> None:
        """In each workspace that has this e-mail; where nobody has it there is nobody to tell."""
        for one in known:
            await self._note(one, AuditAction.SIGN_IN_REFUSED, one.person_id, {})

    async def _begin(self, found: Credentials, method: Method, client: str) -> Begun:
        token = tokens.new(tokens.SESSION)
        session = await sessions.begin(
            self.db,
            found.workspace,
            found.person_id,
            token_hash=tokens.digest(token),
            client=client[:LONGEST_CLIENT],
            method=method,
            lifetime=self.lifetime,
        )
        await self._note(found, AuditAction.SIGNED_IN, session.id, {"method": method})
        logger.info("signed_in", person=found.person_id, session=session.id, method=method)
        return Begun(session, found.workspace, token)


def _verified(password: str, known: Sequence[Credentials]) -> list[Credentials]:
    found = [one for one in known if passwords.verifies(password, one.password_hash)]
    if not known:
        passwords.verifies(password, None)
    return found


def _only(found: Sequence[Credentials]) -> Credentials:
    if not found:
        raise SignInRefused
    if len(found) > 1:
        raise WorkspaceRequired([one.workspace for one in found])
    return found[0]
