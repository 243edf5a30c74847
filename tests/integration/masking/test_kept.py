"""Settings, reverse maps and the audit in a real Postgres."""

from auricle_contracts.masking import MaskingSettings, PersonalKind
from auricle_records import conversations, masking, results
from auricle_records.masking import SealedMap
from fixtures.house import House, an_evaluation


async def test_no_choice_hides_everything(house: House) -> None:
    assert await masking.settings(house.db, house.workspace) == MaskingSettings()


async def test_a_choice_is_kept_and_replaced(house: House) -> None:
    for chosen in (
        MaskingSettings(kinds=(), exports=False),
        MaskingSettings(kinds=(PersonalKind.CARD,), recordings=True),
    ):
        await masking.choose(house.db, house.workspace, chosen)
        assert await masking.settings(house.db, house.workspace) == chosen


async def test_a_map_is_written_with_its_evaluation_and_goes_with_its_conversation(house: House) -> None:
    call = await house.begin(await house.call())
    judged = await house.begin((await results.commit_transcript(house.db, call, house.heard(call))).next[0])
    sealed = SealedMap(judged.conversation_id, judged.revision, "a", b"\x00sealed")
    await results.commit_evaluation(house.db, judged, an_evaluation(judged), secrets=sealed)
    found = await masking.maps(house.db, house.workspace, [judged.conversation_id, "unknown"])
    assert found == {judged.conversation_id: sealed}
    await conversations.delete(house.db, house.workspace, judged.conversation_id)
    assert await masking.maps(house.db, house.workspace, [judged.conversation_id]) == {}


async def test_the_audit_grows_and_outlives_the_conversation(house: House) -> None:
    await masking.audit(house.db, house.workspace, "gone", "key", "transcript")
    await masking.audit(house.db, house.workspace, "gone", "key", "secrets")
    assert [one.what for one in await masking.audited(house.db, house.workspace)] == ["secrets", "transcript"]
