"""The proxy of the chaos suite really does to connections what it says."""

import socket
import threading
from contextlib import suppress

import pytest

from chaos.proxy import Proxy


@pytest.fixture
def proxy():
    """A proxy in front of a server that sends back whatever comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_echo, args=[server], daemon=True).start()
        proxy = Proxy(server.getsockname()[1])
        yield proxy
        proxy.close()


def _echo(server):
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=_send_back, args=[connection], daemon=True).start()


def _send_back(connection):
    with connection, suppress(ConnectionResetError):
        while data := connection.recv(100):
            connection.sendall(data)


def connected(proxy):
    """A connection that has carried something."""
    connection = socket.create_connection(("127.0.0.1", proxy.port), timeout=10)
    assert said(connection, b"hello") == b"hello"
    return connection


def said(connection, data):
    """What comes back."""
    connection.sendall(data)
    return connection.recv(100)


def until_it_happens(connection):
    """Talk until the order has reached the proxy; return what came back then, b"" for the end of the connection."""
    try:
        while (answer := said(connection, b"12345678")) == b"12345678":
            pass
    except ConnectionResetError:
        return b""
    except TimeoutError:
        return None
    return answer


def has_ended(connection):
    """Whether the other end is gone, one way or the other."""
    try:
        return connection.recv(100) == b""
    except ConnectionResetError:
        return True


def test_a_cut_carries_half_of_a_message_and_closes(proxy):
    """Guard: the half in _pump."""
    with connected(proxy) as connection:
        proxy.cut(1)
        assert until_it_happens(connection) in (b"1234", b"")
    connected(proxy).close()


def test_what_is_dropped_never_arrives_and_the_connection_ends_when_it_flows_again(proxy):
    """Guard: is_dropped in _pump, the abort in flow."""
    with connected(proxy) as connection:
        connection.settimeout(0.3)
        proxy.drop(1)
        assert until_it_happens(connection) is None
        proxy.flow()
        connection.settimeout(10)
        assert has_ended(connection)


def test_a_share_of_the_connections_is_cut_and_the_others_live_on(proxy):
    """Guard: the share."""
    with connected(proxy) as first, connected(proxy) as second:
        proxy.cut(0.4)
        until_it_happens(first)
        assert said(second, b"hello") == b"hello"
