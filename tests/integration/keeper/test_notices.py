"""What happened becomes a mail to whom it concerns: by a real mail server, once, in the person's language, no word of a conversation."""

import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from auricle_contracts import MemberRole, Role
from auricle_contracts.audit import AuditAction
from auricle_contracts.notices import NoticeKind, NoticeSettings
from auricle_contracts.quizzes import QuizLine, QuizSolution
from auricle_contracts.review import ReviewSettings
from auricle_contracts.vocabulary import AppealVerdict
from auricle_keeper.mail import Mailer, Security, Server
from auricle_keeper.notices import UNSENT, Notices
from auricle_keeper.webhook import Verdict
from auricle_records import audit, results
from auricle_records.appeals import decisions, opening
from auricle_records.appeals.models import Decision, NewAppeal
from auricle_records.calibration import sessions
from auricle_records.calibration.sessions import NewCalibration
from auricle_records.callers import Actor
from auricle_records.coaching import tasks
from auricle_records.coaching.tasks import NewTask
from auricle_records.conversations import delete
from auricle_records.labels import Author
from auricle_records.notices import mailing, settings
from auricle_records.people import directory
from auricle_records.people.directory import NewPerson, Person
from auricle_records.quizzes import assignments, quizzes
from auricle_records.quizzes.quizzes import NewQuestion
from auricle_records.review import items, queries, triage
from auricle_records.review import settings as review_settings
from fixtures.smtp import MailServer, serving, text_of
from fixtures.tenant import Tenant, a_finding, an_evaluation
from sqlalchemy import text

PAGE = "https://auricle.example.com"
SOON = timedelta(hours=3)


@dataclass
class Office:
    """An agent, two who run quality and one who only reviews, with a mail server before them."""

    tenant: Tenant
    server: MailServer
    anna: Person
    quinn: Person
    rita: Person

    def notices(self, *, pause_s: float = 0, gather_s: int = 0, digest_s: int = 1) -> Notices:
        return Notices(
            self.tenant.db, Mailer(at(self.server)), page_url=PAGE, language="ru",
            gather_s=gather_s, digest_s=digest_s, pause_s=pause_s,
        )  # fmt: skip

    async def judged(self, findings: int = 1) -> str:
        run = await self.tenant.begin(await self.tenant.chat())
        found = [a_finding(error_class=f"class_{number}") for number in range(findings)]
        await results.commit_evaluation(self.tenant.db, run, an_evaluation(run, (), found))
        return run.conversation_id

    async def contested(self) -> str:
        conversation = await self.judged(0)
        wanted = NewAppeal("politeness", None, "Клиент Сидоров сам просил.")
        by = Author(self.anna.id, self.anna.name, "person")
        return (await opening.open_appeal(self.tenant.db, self.tenant.workspace, conversation, wanted, by=by)).id

    async def due_now(self) -> None:
        """As if the digest's time were over."""
        await self.run("UPDATE notices SET next_at = now() WHERE state = 'pending'")

    async def run(self, statement: str) -> None:
        async with self.tenant.db.transaction(self.tenant.workspace) as connection:
            await connection.execute(text(statement))

    def to(self, person: Person) -> list[EmailMessage]:
        return [mail for mail in self.server.mails if mail["To"] == person.email]


def at(server: MailServer, security: Security = "none", user: str = "", password: str = "") -> Server:
    return Server("127.0.0.1", server.port, security, user, password, "auricle@ours.example", 20)


@pytest.fixture
async def office(tenant: Tenant) -> AsyncIterator[Office]:
    async def person(name: str, role: MemberRole, *references: str) -> Person:
        wanted = NewPerson(f"{name}@ours.example", name.title(), (role,), None, references)
        return await directory.add(tenant.db, tenant.workspace, wanted)

    async with serving(MailServer()) as server:
        yield Office(
            tenant, server,
            await person("anna", MemberRole.AGENT, "A-7"),
            await person("quinn", MemberRole.QUALITY_MANAGER),
            await person("rita", MemberRole.REVIEWER),
        )  # fmt: skip


async def test_an_appeal_is_told_to_who_decides_and_its_end_to_who_opened_it(office: Office) -> None:
    appeal = await office.contested()
    assert await office.notices().round() > 0
    (mail,) = office.to(office.quinn)
    assert mail["Subject"] == "Новая апелляция"
    assert "Anna оспаривает оценку" in text_of(mail)
    assert f"{PAGE}/appeals" in text_of(mail)
    assert f'<a href="{PAGE}/appeals">' in text_of(mail, "html")
    assert "Сидоров" not in mail.as_string()
    assert mail["List-Unsubscribe"] == f"<{PAGE}/me/notices>"
    decision = Decision(AppealVerdict.REJECTED, "Слышно, что Сидоров прав.")
    by = Author(office.quinn.id, "Quinn", "person")
    await decisions.decide(office.tenant.db, office.tenant.workspace, appeal, decision, by=by)
    await office.notices().round()
    (told,) = office.to(office.anna)
    assert "Quinn: апелляция отклонена" in text_of(told)
    assert "Сидоров" not in told.as_string()
    await office.notices().round()
    assert len(office.server.mails) == 2, "an event is told of once"
    assert not office.to(office.rita)


async def test_a_hundred_findings_are_one_mail(office: Office) -> None:
    for _ in range(25):
        await office.judged(4)
    await office.notices(digest_s=86400).round()
    assert not office.server.mails, "they wait for the end of the day"
    await office.due_now()
    await office.notices().round()
    (mail,) = office.to(office.anna)
    assert text_of(mail).count("Найдено в разговоре: 4") == 20
    assert "и ещё 5" in text_of(mail)
    assert "Нет имени" not in mail.as_string(), "no comment of a finding"


async def test_all_kinds_reach_whom_they_concern_in_one_mail(office: Office) -> None:
    db, ours = office.tenant.db, office.tenant.workspace
    due = datetime.now(UTC) + SOON
    conversation = await office.judged(0)
    task = NewTask(Actor("person", office.anna.id, "Anna"), "politeness", None, "Сидоров ждал.", due)
    await tasks.assign(db, ours, conversation, task, by=Actor("person", office.quinn.id, "Quinn"))
    line = (AuditAction.PASSWORD_LINK, Actor("person", office.quinn.id, "Quinn"))
    await audit.write(db, ours, line[1], line[0], subject=office.anna.id)
    await audit.write(db, ours, Actor("person", office.anna.id, "Anna"), line[0], subject=office.anna.id)
    await office.notices().round()
    (mail,) = office.to(office.anna)
    said = text_of(mail)
    assert mail["Subject"] == "Auricle: новых событий — 3"
    for words in ("Quinn даёт вам задание", "Задание нужно закончить до", "Quinn создаёт ссылку для нового пароля"):
        assert said.count(words) == 1
    assert "Сидоров" not in mail.as_string()


async def test_reviewers_hear_of_what_was_assigned_and_of_calibrations(office: Office) -> None:
    db, ours = office.tenant.db, office.tenant.workspace
    everything = ReviewSettings(audited_share=1, agent_week=0, unsure_below=0, rare_class_below=0)
    await review_settings.choose(db, ours, everything, "quinn")
    conversation = await office.judged(0)
    await triage.triage(db, ours)
    (item,) = (await queries.page(db, ours)).items
    rita, quinn = (Actor("person", one.id, one.name) for one in (office.rita, office.quinn))
    await items.assign(db, ours, item.id, rita, quinn.id)
    wanted = NewCalibration("Вежливость", datetime.now(UTC) + SOON, (rita, quinn), None, (conversation,))
    await sessions.open_session(db, ours, wanted, by=quinn)
    await settings.choose(db, ours, office.rita.id, NoticeSettings(language="en"))
    await office.notices().round()
    (mail,) = office.to(office.rita)
    assert mail["Subject"] == "Auricle: 2 new events"
    assert f"{PAGE}/conversations/{conversation}" in text_of(mail)
    assert "Quinn invites you: “Вежливость”" in text_of(mail)
    assert not office.to(office.quinn), "who opened it needs no mail"


async def test_a_quiz_is_told_to_whom_it_is_given_and_its_end_to_who_gave_it(office: Office) -> None:
    db, ours = office.tenant.db, office.tenant.workspace
    quinn = Actor("person", office.quinn.id, "Quinn")
    line = QuizLine(role=Role.CUSTOMER, text="Сидоров ждал.", is_quoted=True)
    solution = QuizSolution(error_class="rudeness", explanation="Так не говорят.", passage=None)
    source = await office.judged(0)
    question = NewQuestion(source, None, (line,), "Сидоров ждал.", ("rudeness", "sarcasm"), solution)
    quiz = await quizzes.add(db, ours, "Вежливость", [question], by=quinn)
    people = (office.anna.id, office.rita.id)
    await assignments.assign(db, ours, quiz.id, people, datetime.now(UTC) + SOON, by=quinn)
    await office.notices().round()
    (mail,) = office.to(office.anna)
    (given,) = await assignments.of_person(db, ours, office.anna.id)
    assert "Quinn даёт вам тест «Вежливость»" in text_of(mail)
    assert "На вопросы теста «Вежливость» нужно ответить до" in text_of(mail)
    assert text_of(mail).count(f"{PAGE}/quizzes/{given.id}") == 2
    assert "Сидоров" not in mail.as_string()
    (asked,) = await assignments.asked(db, ours, given)
    await assignments.answer(db, ours, given, asked.id, "rudeness", is_right=True)
    await office.notices().round()
    assert not office.to(office.quinn), "one of two has answered"
    (other,) = await assignments.of_person(db, ours, office.rita.id)
    await assignments.answer(db, ours, other, asked.id, None, is_right=False)
    for _ in range(2):
        await office.notices().round()
    (told,) = office.to(office.quinn)
    assert "«Вежливость»: ответили все, 2 из 2" in text_of(told)
    assert f"{PAGE}/coaching/quizzes/{quiz.id}" in text_of(told)
    assert len(office.to(office.anna)) == 1


async def test_an_answered_quiz_is_not_due(office: Office) -> None:
    db, ours = office.tenant.db, office.tenant.workspace
    quinn = Actor("person", office.quinn.id, "Quinn")
    solution = QuizSolution(error_class=None, explanation="Всё верно.", passage=None)
    line = QuizLine(role=Role.AGENT, text="Добрый день.", is_quoted=True)
    question = NewQuestion(await office.judged(0), None, (line,), "Добрый день.", ("rudeness",), solution)
    quiz = await quizzes.add(db, ours, "Приветствие", [question], by=quinn)
    await assignments.assign(db, ours, quiz.id, [office.anna.id], datetime.now(UTC) + SOON, by=quinn)
    (given,) = await assignments.of_person(db, ours, office.anna.id)
    (asked,) = await assignments.asked(db, ours, given)
    await assignments.answer(db, ours, given, asked.id, None, is_right=True)
    await settings.choose(db, ours, office.quinn.id, NoticeSettings(muted=(NoticeKind.QUIZ_ANSWERED,)))
    await office.notices().round()
    (mail,) = office.server.mails
    assert mail["Subject"] == "Новый тест", "given, and no longer due"


async def test_a_refused_gate_is_told_to_who_runs_quality(office: Office) -> None:
    await office.run(
        "INSERT INTO artefacts (workspace_id, id, kind, name, hash, version, state, author_kind, author, note, figures)"
        " VALUES ('demo', 'v1', 'flow', 'one', 'h', 2, 'candidate', 'person', 'x', '', '{\"gate\": {\"verdict\": \"refused\"}}')"
    )
    await office.notices().round()
    (mail,) = office.to(office.quinn)
    assert "one@2 не прошла испытание" in text_of(mail)
    assert f"{PAGE}/settings/artefacts/v1" in text_of(mail)


async def test_what_a_person_switched_off_is_not_sent(office: Office) -> None:
    await settings.choose(
        office.tenant.db, office.tenant.workspace, office.quinn.id, NoticeSettings(muted=(NoticeKind.APPEAL_OPENED,))
    )
    await office.contested()
    await office.notices().round()
    assert not office.server.mails
    with pytest.raises(ValueError, match="cannot be switched off"):
        NoticeSettings(muted=(NoticeKind.SIGN_IN_RESET,))


async def test_a_person_is_not_written_to_twice_within_the_pause(office: Office) -> None:
    await office.contested()
    notices = office.notices(pause_s=900)
    await notices.round()
    await office.contested()
    await notices.round()
    assert len(office.to(office.quinn)) == 1
    assert UNSENT._value.get() == 1
    await office.run("UPDATE notices SET sent_at = now() - interval '1 hour' WHERE state = 'sent'")
    await notices.round()
    assert len(office.to(office.quinn)) == 2


async def test_a_mail_that_the_server_does_not_take_is_tried_again_and_one_that_it_never_will_is_dead(
    office: Office,
) -> None:
    await office.contested()
    office.server.answers["MAIL"] = 451
    await office.notices().round()
    assert await states(office) == [("pending", 1, "smtp 451")]
    office.server.answers = {"RCPT": 550}
    await office.due_now()
    await office.notices().round()
    assert await states(office) == [("dead", 2, "smtp 550")]
    assert not office.server.mails


async def test_without_a_server_nothing_is_lost(office: Office) -> None:
    await office.contested()
    away = Mailer(Server("127.0.0.1", 1, "none", "", "", "auricle@ours.example", 5))
    lost = Notices(office.tenant.db, away, page_url=PAGE, language="ru", gather_s=0, digest_s=1, pause_s=0)
    await lost.round()
    assert await states(office) == [("pending", 1, "ConnectionRefusedError")]
    await office.due_now()
    await office.notices().round()
    assert len(office.to(office.quinn)) == 1


async def test_a_deleted_conversation_takes_its_notices_along(office: Office) -> None:
    conversation = await office.judged(1)
    await office.notices(digest_s=86400).round()
    assert len(await states(office)) == 1
    await delete(office.tenant.db, office.tenant.workspace, conversation)
    assert await states(office) == []
    assert await mailing.prune(office.tenant.db, office.tenant.workspace, older_s=0) == 0


async def test_the_connection_is_encrypted_and_signed_in(office: Office, tmp_path: Path) -> None:
    served, trusted = certificate(tmp_path)
    async with serving(MailServer(tls=served, login=("auricle", "right"))) as server:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "a@ours.example", "b@ours.example", "x"
        mail.set_content("x")
        refused = await Mailer(at(server, "starttls", "auricle", "wrong"), tls=trusted).send(mail)
        assert (refused.verdict, refused.error) == (Verdict.RETRY, "smtp 535: sign-in refused")
        stranger = await Mailer(at(server, "starttls", "auricle", "right")).send(mail)
        assert (stranger.verdict, stranger.error) == (Verdict.RETRY, "SSLCertVerificationError")
        taken = await Mailer(at(server, "starttls", "auricle", "right"), tls=trusted).send(mail)
        assert taken.verdict is Verdict.SENT
        assert server.encrypted == [True]


async def states(office: Office) -> list[tuple[str, int, str | None]]:
    async with office.tenant.db.transaction(office.tenant.workspace) as connection:
        rows = await connection.execute(text("SELECT state, attempts, last_error FROM notices ORDER BY id"))
        return [(row.state, row.attempts, row.last_error) for row in rows]


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for 127.0.0.1, and that of a client who trusts it."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "mail.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(pem)
    return served, ssl.create_default_context(cafile=str(pem))
