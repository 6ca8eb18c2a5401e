"""Servers that nobody vouches for: a real one on loopback, over TLS, that does what it should not."""

import gzip
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
import requests
from urllib3.connectionpool import HTTPSConnectionPool

from chatcal import http
from chatcal.http import PUBLIC_ONLY, Limits, Policy
from tests.support import hostile
from tests.support.hostile import HOST, WEEKLY, Behaviour, Names, Server, leading, serving
from tests.support.patience import patient


@pytest.fixture(scope="module")
def served() -> Iterator[Server]:
    """Return a server."""
    with hostile.running() as server:
        yield server


@pytest.fixture
def server(served: Server) -> Server:
    """Return a server that has nothing to say yet."""
    served.answers.clear()
    served.asked.clear()
    return served


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Let tests ask the server on loopback."""
    return hostile.let_in(monkeypatch)


LIMITS = Limits(seconds=15, size=2_000_000, redirects=3)
FOG_ONLY = replace(PUBLIC_ONLY, schemes=("https",), hosts=frozenset([HOST]))


def ask(address: str, policy: Policy = FOG_ONLY, limits: Limits = LIMITS, **headers: str) -> http.HttpResponse:
    return http.get(address, limits, policy, headers={name.replace("_", "-"): text for name, text in headers.items()})


def asked(server: Server, behaviour: Behaviour, seconds: float = 5) -> http.HttpResponse:
    server.answers["/fog.ics"] = behaviour
    return ask(server.address(), limits=replace(LIMITS, seconds=seconds))


@pytest.mark.parametrize(
    "behaviour",
    [
        serving(WEEKLY),
        serving(gzip.compress(WEEKLY), Content_Encoding="gzip"),
        serving(WEEKLY, Content_Encoding="identity"),
    ],
    ids=["plain", "compressed", "identity"],
)
def test_a_body_is_fetched(server: Server, behaviour: Behaviour) -> None:
    found = asked(server, behaviour)
    assert found.status == 200
    assert found.content == WEEKLY


def test_validators_are_handed_on_and_asked_with(server: Server) -> None:
    server.answers["/fog.ics"] = serving(WEEKLY, ETag='"a"', Last_Modified="Sun, 01 Mar 2026 00:00:00 GMT")
    found = ask(server.address(), If_None_Match='"b"')
    assert (found.headers["ETag"], found.headers["Last-Modified"]) == ('"a"', "Sun, 01 Mar 2026 00:00:00 GMT")
    assert server.asked[0][2]["If-None-Match"] == '"b"'


def test_it_says_who_asks(server: Server) -> None:
    server.answers["/fog.ics"] = serving(WEEKLY)
    ask(server.address())
    http.get(server.address(), LIMITS, FOG_ONLY, home="https://lights.example/")
    first, second = (headers["User-Agent"] for _, _, headers in server.asked)
    assert first.startswith("chatcal/")
    assert second == f"{first} (+https://lights.example/)"


def test_passwords_and_proxies_of_the_surroundings_are_not_used(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]
) -> None:
    netrc = os.path.join(tmp_path, "netrc")  # noqa: PTH118 - os.PathLike is all that the fixture promises
    with open(netrc, "w", encoding="utf-8") as file:  # noqa: PTH123 - the same
        file.write(f"machine {HOST} login ada password secret\n")
    os.chmod(netrc, 0o600)  # noqa: PTH101 - the same
    monkeypatch.setenv("NETRC", netrc)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    asked(server, serving(WEEKLY))
    assert "Authorization" not in server.asked[0][2]


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (hostile.bomb, "it is larger than 2,000,000 bytes"),
        (hostile.hidden_endless, "it is larger than 2,000,000 bytes"),
        (hostile.endless, "it is larger than 2,000,000 bytes"),
        (serving(b"X" * 2_000_001), "it is larger than 2,000,000 bytes"),
        (serving(WEEKLY, Content_Encoding="gzip"), "its compression is broken"),
        (serving(gzip.compress(WEEKLY)[:-9], Content_Encoding="gzip"), "its compression is broken"),
        (serving(WEEKLY, Content_Encoding="br"), "a compression that was not asked for"),
        (serving(WEEKLY, Content_Encoding="gzip, gzip"), "a compression that was not asked for"),
        (serving(WEEKLY, Content_Length="100000"), "the connection broke"),
    ],
    ids=["bomb", "hidden", "endless", "large", "torn", "short", "brotli", "twice", "cut"],
)
def test_a_body_beyond_all_bounds_or_broken_is_refused(server: Server, behaviour: Behaviour, why: str) -> None:
    with pytest.raises(OSError, match=why) as refused:
        asked(server, behaviour)
    assert server.address() in str(refused.value)


def test_just_as_much_as_is_allowed_is_taken(server: Server) -> None:
    assert len(asked(server, serving(b"X" * LIMITS.size)).content) == 2_000_000
    whole = gzip.compress(bytes(LIMITS.size))
    assert len(asked(server, serving(whole, Content_Encoding="gzip")).content) == 2_000_000


@pytest.mark.parametrize("behaviour", [*hostile.DRIPS.values(), hostile.silent], ids=[*hostile.DRIPS, "silence"])
def test_a_drip_is_left_in_time(server: Server, behaviour: Behaviour) -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError, match=r"took more than 0\.4 seconds"):
        asked(server, behaviour, seconds=0.4)
    assert time.monotonic() - began < patient(3)


def test_a_body_that_drips_is_not_read_on_behind_anybodys_back(server: Server) -> None:
    server.answers["/fog.ics"] = hostile.slow_body
    with pytest.raises(TimeoutError):
        http._follow_redirects(requests.Request("GET", server.address()), LIMITS, FOG_ONLY, time.monotonic() + 0.2)


def test_a_name_that_nobody_answers_for_is_left_in_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(5))
    began = time.monotonic()
    with pytest.raises(TimeoutError, match="took more than"):
        ask(server.address(), limits=replace(LIMITS, seconds=0.3))
    assert time.monotonic() - began < patient(3)


@pytest.mark.parametrize("hops", [1, 2, 3])
def test_three_times_it_may_be_led_on(server: Server, hops: int) -> None:
    for hop in range(hops):
        server.answers[f"/{hop}"] = leading(f"/{hop + 1}")
    server.answers[f"/{hops}"] = serving(WEEKLY)
    assert ask(server.address("/0")).content == WEEKLY


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("/fog.ics", "it redirects more than 3 times"),
        ("http://fog.example/fog.ics", "is not a valid https address"),
        ("ftp://fog.example/fog.ics", "is not a valid https address"),
        ("file:///etc/passwd", "is not a valid https address"),
        ("https://[fog/", r"https://\?fog/ is not a valid https address"),
        ("https://other.example/fog.ics", "other.example, which `upstream_hosts` does not list"),
        ("https://fog.example.other.example/", "fog.example.other.example, which `upstream_hosts` does not list"),
        ("https://127.0.0.1/fog.ics", "127.0.0.1, which `upstream_hosts` does not list"),
        ("https://fog.example@127.0.0.1/", "with a user name or a password"),
        ("https://\x1b[31mred/", r"https://\?\?31mred/ is not a valid https address"),
    ],
)
def test_a_server_may_lead_to_no_other_place(server: Server, place: str, why: str) -> None:
    with pytest.raises(OSError, match=why):
        asked(server, leading(place))


def test_an_address_without_a_host_is_none() -> None:
    with pytest.raises(OSError, match="is not a valid https address"):
        ask("https:///fog.ics")


def test_what_requests_takes_for_another_host_is_refused_when_it_connects(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if another reader of addresses had let it pass.
    monkeypatch.setattr(http, "_check_target", lambda _, place, __: place)
    with pytest.raises(OSError, match=r"fog\.example, which `upstream_hosts` does not list"):
        ask("https://fog.example/", replace(FOG_ONLY, hosts=frozenset(["elsewhere.example"])))
    assert names.asked == []


PRIVATE = [
    "0.0.0.0",  # noqa: S104 - nothing is bound to it
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.2",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.0.0.9",
    "192.0.0.192",
    "192.88.99.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.216.34",
    "64:ff9b::10.0.0.1",
    "64:ff9b::168.63.129.16",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::1",
    "64:ff9b:1::5db8:d822",
    "100::1",
    "200::1",
    "2001::1",
    "2001:1::1",
    "2001:4:112::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "3fff::1",
    "3fff:fff:ffff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_other_address_than_a_public_one_is_connected_to(
    server: Server, names: Names, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    names.answers[HOST] = [(address,)]
    connected: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda place, *_: connected.append(place))
    with pytest.raises(OSError, match="not a public address"):
        asked(server, serving(WEEKLY))
    assert connected == []
    assert server.asked == []


def test_one_address_of_many_that_is_not_public_is_enough(server: Server, names: Names) -> None:
    names.answers[HOST] = [("127.0.0.1", "10.0.0.1")]
    with pytest.raises(OSError, match=r"fog.example is at 10\.0\.0\.1, which is not a public address"):
        asked(server, serving(WEEKLY))
    assert server.asked == []


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "192.0.1.1", "168.63.129.17", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d822"],
)
def test_public_addresses_are_let_pass(address: str) -> None:
    assert http.is_public(ip_address(address))


def test_what_is_public_is_not_left_to_the_version_of_python(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (IPv4Address, IPv6Address):
        monkeypatch.setattr(kind, "is_global", True)
    assert not any(http.is_public(ip_address(address.partition("%")[0])) for address in PRIVATE)


def test_a_name_that_changes_its_answer_gains_nothing(server: Server, names: Names) -> None:
    names.answers[HOST] = [("127.0.0.1",), ("10.0.0.1",)]
    assert asked(server, serving(WEEKLY)).content == WEEKLY
    assert names.asked == [HOST]


def test_each_hop_is_checked_anew(server: Server, names: Names) -> None:
    names.answers[HOST] = [("127.0.0.1",), ("169.254.169.254",)]
    with pytest.raises(OSError, match=r"fog.example is at 169\.254\.169\.254, which is not a public address"):
        asked(server, leading("/elsewhere"))
    assert names.asked == [HOST, HOST]
    assert [path for _, path, _ in server.asked] == ["/fog.ics"]


def test_the_next_address_is_tried_where_one_is_dead(server: Server, names: Names) -> None:
    # 127.0.0.1 is the second; nothing is at the port of the first, which is no server's.
    names.answers[HOST] = [("93.184.216.34", "127.0.0.1")]
    connect, tried = socket.create_connection, []

    def dead_once(place: tuple[str, int], timeout: float) -> socket.socket:
        tried.append(place[0])
        if place[0] != "127.0.0.1":
            raise OSError("nothing there")
        return connect(place, timeout)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "create_connection", dead_once)
        assert asked(server, serving(WEEKLY)).content == WEEKLY
    assert tried == ["93.184.216.34", "127.0.0.1"]


def test_a_server_that_is_not_there_is_said() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(OSError, match="there is no connection to the server"):
        ask(f"https://{HOST}:{port}/")
    with pytest.raises(OSError, match="there is no server of that name"):
        ask("https://nowhere.example/", replace(FOG_ONLY, hosts=None))


def test_a_server_that_takes_no_connection_in_time_is_silent(
    server: Server, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(place: tuple[str, int], _: float) -> socket.socket:
        raise TimeoutError if place[0] == "93.184.216.34" else ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    names.answers[HOST] = [("93.184.216.34", "93.184.216.35")]
    with pytest.raises(TimeoutError, match="the server does not answer in time"):
        asked(server, serving(WEEKLY))


def test_a_certificate_that_nobody_vouches_for_is_not_believed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_CERTIFICATES", True)
    with pytest.raises(OSError, match="there is no secure connection to the server"):
        asked(server, serving(WEEKLY))
    assert server.asked == []


def test_a_certificate_of_another_name_is_not_believed(server: Server, names: Names) -> None:
    names.answers["third.example"] = [("127.0.0.1",)]
    with pytest.raises(OSError, match="there is no secure connection to the server"):
        ask(server.address(host="third.example"), replace(FOG_ONLY, hosts=None))


def test_an_answer_that_makes_no_sense_is_said(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_sense(*_: object) -> bytes:
        raise ValueError("a header that nobody thought of")

    monkeypatch.setattr(http, "_read_body", no_sense)
    with pytest.raises(OSError, match="its answer makes no sense"):
        asked(server, serving(WEEKLY))


def test_where_it_is_asked_for_plain_http_is_guarded_too(names: Names) -> None:
    with hostile.running(secure=False) as plain:
        plain.answers["/"] = serving(WEEKLY)
        assert ask(plain.address("/"), PUBLIC_ONLY).content == WEEKLY
        names.answers[HOST] = [("10.0.0.1",)]
        with pytest.raises(OSError, match="not a public address"):
            ask(plain.address("/"), PUBLIC_ONLY)


def test_an_answer_of_any_status_is_an_answer(server: Server) -> None:
    busy = asked(server, serving(b"<html>Slow down</html>", 429, Retry_After="60"))
    assert (busy.status, busy.content) == (429, b"")
    assert busy.failure == f"{server.address()} cannot be fetched: the server answers 429 Too Many Requests"
    assert asked(server, serving(b"", 999)).failure.endswith(": the server answers 999")


def test_a_body_that_is_not_wanted_is_not_taken(server: Server) -> None:
    server.answers["/fog.ics"] = hostile.endless
    assert ask(server.address(), limits=replace(LIMITS, size=0)).content == b""


def test_a_connection_that_goes_round_the_guard_stops_everything(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if the next urllib3 made its connections in another way.
    monkeypatch.setattr(http, "_make_guarded_pools", lambda *_: {"https": HTTPSConnectionPool})
    with pytest.raises(AssertionError, match="went round the guard"):
        asked(server, serving(WEEKLY))


def test_neither_option_nor_variable_opens_the_guard(server: Server) -> None:
    # The same call in a process of its own, with no test around it: loopback is refused.
    code = f"from chatcal import http; http.get('https://127.0.0.1:{server.server_port}/', policy=http.PUBLIC_ONLY)"
    env = os.environ | {"REQUESTS_CA_BUNDLE": str(hostile.PEM), "SSL_CERT_FILE": str(hostile.PEM)}
    ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert "127.0.0.1 is at 127.0.0.1, which is not a public address" in ran.stderr
    assert server.asked == []
