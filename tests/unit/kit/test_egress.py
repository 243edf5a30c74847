"""A loopback canary stands for everything private: no URL of the corpus may reach it."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import httpx
import pytest
from auricle_contracts import Code
from auricle_kit import egress
from auricle_kit.egress import FetchFailed, Policy, UrlRefused

OPEN = Policy(schemes=frozenset({"http", "https"}), connect_seconds=1.0, silence_seconds=1.0, total_seconds=3.0)


@dataclass
class Canary:
    """A bare HTTP server on loopback: counts connections, answers what the test says."""

    port: int = 0
    connections: int = 0
    seen: list[bytes] = field(default_factory=list)
    answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: audio/WAV; x=1\r\nContent-Length: 4\r\n\r\nRIFF"
    hold_seconds: float = 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            self.seen.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(self.answer)
            await writer.drain()
            await asyncio.sleep(self.hold_seconds)
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/a.wav"

    @property
    def allowed(self) -> Policy:
        return replace(OPEN, hosts=frozenset({f"127.0.0.1:{self.port}"}))


@pytest.fixture
async def canary() -> AsyncIterator[Canary]:
    canary = Canary()
    server = await asyncio.start_server(canary.serve, "127.0.0.1", 0)
    canary.port = server.sockets[0].getsockname()[1]
    yield canary
    server.close()


async def read(url: str, policy: Policy, resolver: egress.Resolve = egress.resolve) -> bytes:
    async with egress.fetch(url, policy, resolver=resolver) as fetched:
        return b"".join([chunk async for chunk in fetched.chunks])


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
     "100.100.100.200", "168.63.129.16", "192.0.0.192", "192.0.2.1", "198.18.0.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
     "255.255.255.255", "192.88.99.1", "::", "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::127.0.0.1",
     "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2002:7f00:1::", "2002:a9fe:a9fe::", "2001:0:7f00:1::",
     "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2001:db8::1", "100::1"],
)  # fmt: skip
def test_what_is_not_public(address: str) -> None:
    assert not egress.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_what_is_public(address: str) -> None:
    assert egress.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "017700000001", "0", "0.0.0.0", "[::1]",
     "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "127.0.0.1.", "LOCALHOST", "①②⑦.0.0.1"],
)  # fmt: skip
async def test_no_spelling_of_loopback_reaches_the_canary(canary: Canary, host: str) -> None:
    everywhere = replace(OPEN, ports=frozenset({canary.port}))
    with pytest.raises((UrlRefused, FetchFailed)):
        await read(f"http://{host}:{canary.port}/a.wav", everywhere)
    assert canary.connections == 0


async def test_the_canary_would_sing(canary: Canary) -> None:
    """The corpus above proves something only if an open door reaches the canary."""
    assert await read(canary.url, canary.allowed) == b"RIFF"
    assert canary.connections == 1


@pytest.mark.parametrize(
    "url",
    ["ftp://example.org/a.wav", "file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "data:audio/wav;base64,AAAA",
     "//example.org/a", "a.wav", "", "http://", "https://user:secret@example.org/a.wav", "https://example.org:22/a.wav",
     "https://example.org:6379/", "http://[::1", "https://exa mple.org/\r\nX: 1"],
)  # fmt: skip
async def test_urls_that_are_refused_before_a_name_is_resolved(url: str) -> None:
    async def never(_host: str, _port: int) -> list[str]:
        raise AssertionError("resolved")

    with pytest.raises(UrlRefused) as refused:
        await read(url, OPEN, never)
    assert refused.value.code is Code.URL_REFUSED
    assert "secret" not in refused.value.detail


async def test_plain_http_is_refused_by_default() -> None:
    with pytest.raises(UrlRefused):
        await read("http://example.org/a.wav", Policy())


async def test_a_name_that_changes_its_mind_is_resolved_once(canary: Canary) -> None:
    """DNS rebinding: first answer public, every later one the canary."""
    asked: list[str] = []

    async def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["192.0.2.7"] if len(asked) > 1 else ["93.184.216.34"]

    with pytest.raises(FetchFailed):
        await read(f"http://rebind.test:{canary.port}/", replace(OPEN, ports=frozenset({canary.port})), rebinding)
    assert len(asked) == 1
    assert canary.connections == 0


async def test_one_private_answer_among_public_ones_is_refused(canary: Canary) -> None:
    async def mixed(_host: str, _port: int) -> list[str]:
        return ["93.184.216.34", "127.0.0.1"]

    with pytest.raises(UrlRefused):
        await read(f"http://mixed.test:{canary.port}/", replace(OPEN, ports=frozenset({canary.port})), mixed)
    assert canary.connections == 0


async def test_the_connection_goes_to_the_resolved_address_and_keeps_the_name(canary: Canary) -> None:
    async def here(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    policy = replace(OPEN, hosts=frozenset({f"calls.test:{canary.port}"}))
    assert await read(f"http://calls.test:{canary.port}/a.wav", policy, here) == b"RIFF"
    assert f"Host: calls.test:{canary.port}\r\n".encode() in canary.seen[0]


def redirect(target: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()


async def test_every_redirect_is_checked(canary: Canary) -> None:
    hidden = Canary()
    server = await asyncio.start_server(hidden.serve, "127.0.0.1", 0)
    hidden.port = server.sockets[0].getsockname()[1]
    policy = replace(
        canary.allowed, ports=frozenset({hidden.port, 80}), hosts=canary.allowed.hosts | {"localhost", "127.0.0.1"}
    )
    for target in (
        hidden.url,
        f"http://localhost:{hidden.port}/",
        "file:///etc/passwd",
        "http://169.254.169.254/latest/",
    ):
        canary.answer = redirect(target)
        with pytest.raises((UrlRefused, FetchFailed)):
            await read(canary.url, policy)
    server.close()
    assert canary.connections == 4
    assert hidden.connections == 0


async def test_endless_redirects_end(canary: Canary) -> None:
    canary.answer = redirect(canary.url)
    with pytest.raises(UrlRefused, match="redirects"):
        await read(canary.url, canary.allowed)
    assert canary.connections == canary.allowed.max_redirects + 1


async def test_an_environment_proxy_is_not_used(canary: Canary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", canary.url)
    monkeypatch.setenv("ALL_PROXY", canary.url)
    with pytest.raises(UrlRefused):
        await read("http://localhost/", replace(OPEN, ports=frozenset({80})))
    assert canary.connections == 0


async def test_size_is_bounded_by_what_is_declared_and_by_what_comes(canary: Canary) -> None:
    small = replace(canary.allowed, max_bytes=1000)
    canary.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000
    with pytest.raises(FetchFailed, match="larger"):
        await read(canary.url, small)
    chunk = b"3e8\r\n" + b"x" * 1000 + b"\r\n"
    canary.answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 5 + b"0\r\n\r\n"
    with pytest.raises(FetchFailed, match="larger"):
        await read(canary.url, small)


async def test_compressed_answers_are_refused(canary: Canary) -> None:
    canary.answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nbomb"
    with pytest.raises(FetchFailed, match="compressed"):
        await read(canary.url, canary.allowed)


@pytest.mark.parametrize(
    "answer",
    [b"", b"not http\r\n\r\n", b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 206 Partial\r\nContent-Length: 0\r\n\r\n",
     b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"],
)  # fmt: skip
async def test_bad_answers_are_fetch_failures(canary: Canary, answer: bytes) -> None:
    canary.answer = answer
    with pytest.raises(FetchFailed) as failed:
        await read(canary.url, canary.allowed)
    assert failed.value.retryable


async def test_a_silent_and_a_dripping_server_end_in_time(canary: Canary) -> None:
    canary.answer, canary.hold_seconds = b"", 30
    with pytest.raises(FetchFailed):
        await read(canary.url, replace(canary.allowed, silence_seconds=0.2))
    canary.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx"
    with pytest.raises(FetchFailed):
        await read(canary.url, replace(canary.allowed, total_seconds=0.3, silence_seconds=5))


async def test_the_media_type_is_told_bare(canary: Canary) -> None:
    async with egress.fetch(canary.url, canary.allowed) as fetched:
        assert fetched.media_type == "audio/wav"


def check(url: str, *hosts: str) -> None:
    egress.check_url(httpx.URL(url), Policy().with_hosts(hosts))


def test_a_list_of_hosts_shuts_out_all_others() -> None:
    check("https://calls.example.org/a.wav", "calls.example.org")
    with pytest.raises(UrlRefused, match="list"):
        check("https://other.example.org/a.wav", "calls.example.org")


def test_only_a_host_with_its_port_is_trusted() -> None:
    check("http://127.0.0.1:9000/a.wav", "127.0.0.1:9000")
    with pytest.raises(UrlRefused):
        check("http://127.0.0.1:9001/a.wav", "127.0.0.1:9000")
    with pytest.raises(UrlRefused, match="https"):
        check("http://calls.example.org/a.wav", "calls.example.org")


async def test_a_listed_host_must_still_be_public(canary: Canary) -> None:
    policy = replace(OPEN, ports=frozenset({canary.port}), hosts=frozenset({"localhost"}))
    with pytest.raises(UrlRefused, match="public"):
        await read(f"http://localhost:{canary.port}/", policy)
    assert canary.connections == 0
