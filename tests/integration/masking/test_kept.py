"""Settings, reverse maps and the audit in a real Postgres."""

from auricle_contracts.masking import MaskingSettings, PersonalKind
from auricle_records import conversations, masking, results
from auricle_records.masking import SealedMap
from fixtures.tenant import Tenant, an_evaluation


async def test_no_choice_hides_everything(tenant: Tenant) -> None:
    assert await masking.settings(tenant.db, tenant.workspace) == MaskingSettings()


async def test_a_choice_is_kept_and_replaced(tenant: Tenant) -> None:
    for chosen in (
        MaskingSettings(kinds=(), exports=False),
        MaskingSettings(kinds=(PersonalKind.CARD,), recordings=True),
    ):
        await masking.choose(tenant.db, tenant.workspace, chosen)
        assert await masking.settings(tenant.db, tenant.workspace) == chosen


async def test_a_map_is_written_with_its_evaluation_and_goes_with_its_conversation(tenant: Tenant) -> None:
    call = await tenant.begin(await tenant.call())
    judged = await tenant.begin((await results.commit_transcript(tenant.db, call, tenant.heard(call))).next[0])
    sealed = SealedMap(judged.conversation_id, judged.revision, "a", b"\x00sealed")
    await results.commit_evaluation(tenant.db, judged, an_evaluation(judged), secrets=sealed)
    found = await masking.maps(tenant.db, tenant.workspace, [judged.conversation_id, "unknown"])
    assert found == {judged.conversation_id: sealed}
    await conversations.delete(tenant.db, tenant.workspace, judged.conversation_id)
    assert await masking.maps(tenant.db, tenant.workspace, [judged.conversation_id]) == {}


async def test_the_audit_grows_and_outlives_the_conversation(tenant: Tenant) -> None:
    await masking.audit(tenant.db, tenant.workspace, "gone", "key", "transcript")
    await masking.audit(tenant.db, tenant.workspace, "gone", "key", "secrets")
    assert [one.what for one in (await masking.audited(tenant.db, tenant.workspace)).items] == ["secrets", "transcript"]
