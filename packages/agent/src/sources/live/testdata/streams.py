"""Moves known bytes through TCP sockets in every way that a program can, and says what they were.

Says `ready` and waits for a line on stdin, so that an observer can attach first; then prints one JSON object: for each
end of each connection the bytes and SHA-256 of both directions, as this program itself counted them.
"""
import ctypes
import hashlib
import json
import os
import select
import socket
import struct
import sys
import tempfile
import threading
import time

ends = []


class End:
    """One end of a connection, with its own account."""

    def __init__(self, scenario, sock):
        self.sock = sock
        self.sent = hashlib.sha256()
        self.received = hashlib.sha256()
        local, remote = sock.getsockname(), sock.getpeername()
        self.account = {"scenario": scenario, "localPort": local[1], "remotePort": remote[1], "sent": 0, "received": 0}
        ends.append(self)

    def wrote(self, data):
        self.sent.update(data)
        self.account["sent"] += len(data)

    def got(self, data):
        self.received.update(data)
        self.account["received"] += len(data)

    def result(self):
        return {**self.account, "sentSha256": self.sent.hexdigest(), "receivedSha256": self.received.hexdigest()}


def pair(scenario, family=socket.AF_INET, host="127.0.0.1"):
    with socket.socket(family) as listener:
        listener.bind((host, 0))
        listener.listen()
        client = socket.create_connection(listener.getsockname()[:2])
        server, _ = listener.accept()
    return End(scenario, client), End(scenario, server)


def pattern(count, seed):
    return hashlib.shake_128(struct.pack("<Q", seed)).digest(count)


def close(*ends_):
    for end in ends_:
        end.sock.close()


def drain(end, count):
    left = count
    while left > 0:
        data = end.sock.recv(min(left, 65536))
        end.got(data)
        left -= len(data)


def short_writes():
    """A full send buffer: short writes, EAGAIN on both sides."""
    a, b = pair("short_writes")
    a.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
    a.sock.setblocking(False)
    b.sock.setblocking(False)
    data = pattern(1_000_003, 1)
    at = received = 0
    while received < len(data):
        try:
            count = a.sock.send(data[at : at + 50_021])
            a.wrote(data[at : at + count])
            at += count
        except BlockingIOError:
            pass
        try:
            got = b.sock.recv(9_973)
            b.got(got)
            received += len(got)
        except BlockingIOError:
            select.select([b.sock], [], [], 1)
    close(a, b)


def peek():
    a, b = pair("peek")
    for size in (1, 257, 4099):
        data = pattern(size, size)
        a.sock.sendall(data)
        a.wrote(data)
        b.sock.recv(size, socket.MSG_PEEK)
        b.sock.recvmsg(size, 0, socket.MSG_PEEK)
        drain(b, size)
    close(a, b)


def sizes():
    """One buffer of every size class: as long as it, and one byte longer."""
    a, b = pair("sizes")
    for bound in (256, 1024, 4096, 12288, 16384):
        for size in (bound, bound + 1):
            data = pattern(size, size)
            a.sock.sendall(data)
            a.wrote(data)
            drain(b, size)
    close(a, b)


def vectors():
    """writev, readv, sendmsg, recvmsg with pieces of odd sizes, some empty."""
    a, b = pair("vectors")
    pieces = [pattern(size, size) for size in (3, 0, 1021, 17, 20011, 1)]
    whole = b"".join(pieces)
    assert os.writev(a.sock.fileno(), pieces) == len(whole)
    a.wrote(whole)
    into = [bytearray(5), bytearray(0), bytearray(1000), bytearray(30000)]
    left = len(whole)
    while left > 0:
        count = os.readv(b.sock.fileno(), into)
        b.got(b"".join(into)[:count])
        left -= count
    assert b.sock.sendmsg(pieces) == len(whole)
    b.wrote(whole)
    left = len(whole)
    while left > 0:
        count, *_ = a.sock.recvmsg_into(into)
        a.got(b"".join(into)[:count])
        left -= count
    for size in (229, 3001, 10_007, 15_013):  # A head and its body, of every size class.
        page = pattern(1009, size), pattern(size, size + 1)
        assert os.writev(b.sock.fileno(), page) == 1009 + size
        b.wrote(b"".join(page))
        drain(a, 1009 + size)
    many = [pattern(7, n) for n in range(50)]
    assert b.sock.sendmsg(many) == 350
    b.wrote(b"".join(many))
    drain(a, 350)
    close(a, b)


class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class Msghdr(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_void_p),
        ("namelen", ctypes.c_uint),
        ("iov", ctypes.POINTER(Iovec)),
        ("iovlen", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("controllen", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    ]


class Mmsghdr(ctypes.Structure):
    _fields_ = [("header", Msghdr), ("length", ctypes.c_uint)]


def messages(buffers):
    array = (Mmsghdr * len(buffers))()
    kept = []
    for message, buffer in zip(array, buffers):
        iov = Iovec(ctypes.addressof(buffer), len(buffer))
        kept.append(iov)
        message.header.iov = ctypes.pointer(iov)
        message.header.iovlen = 1
    return array, kept


def receive_messages(end, left, buffers, size, flags=0):
    """Until `left` bytes have come, by recvmmsg."""
    libc = ctypes.CDLL(None, use_errno=True)
    while left > 0:
        into = [ctypes.create_string_buffer(size) for _ in range(buffers)]
        array, kept = messages(into)
        count = libc.recvmmsg(end.sock.fileno(), array, len(array), 0x10000 | flags, None)  # MSG_WAITFORONE
        assert count > 0
        for message, buffer in list(zip(array, into))[:count]:
            end.got(buffer.raw[: message.length])
            left -= message.length


def send_messages(end, data):
    """All by one sendmmsg."""
    out = [ctypes.create_string_buffer(piece, len(piece)) for piece in data]
    array, kept = messages(out)
    assert ctypes.CDLL(None).sendmmsg(end.sock.fileno(), array, len(array), 0) == len(array)
    end.wrote(b"".join(data))


def many_messages():
    a, b = pair("many_messages")
    send_messages(a, [pattern(size, size) for size in (11, 523, 2003)])
    receive_messages(b, 2537, 5, 700)
    # As many as the kernel takes in one call, none as long as another's neighbours.
    data = [pattern(1 + n % 13, n) for n in range(1024)]
    send_messages(a, data)
    receive_messages(b, sum(map(len, data)), 1024, 7)
    close(a, b)


def discarded():
    """MSG_TRUNC on TCP takes bytes off the stream and gives none of them: recv, recvmsg, recvmmsg of 23 messages."""
    a, b = pair("discarded")
    data = pattern(2003 + 1009 + 23 * 101 + 7, 11)
    a.sock.sendall(data)
    a.wrote(data)
    assert len(b.sock.recv(2003, socket.MSG_TRUNC | socket.MSG_WAITALL)) == 2003
    assert len(b.sock.recvmsg(1009, 0, socket.MSG_TRUNC | socket.MSG_WAITALL)[0]) == 1009
    into = [ctypes.create_string_buffer(101) for _ in range(23)]
    array, kept = messages(into)
    count = ctypes.CDLL(None).recvmmsg(b.sock.fileno(), array, 23, socket.MSG_TRUNC | socket.MSG_WAITALL, None)
    assert count == 23 and sum(message.length for message in array) == 23 * 101
    b.got(data[: 2003 + 1009 + 23 * 101])
    drain(b, 7)
    close(a, b)


def sendfile():
    a, b = pair("sendfile")
    data = pattern(100_003, 5)
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        at = 0
        while at < len(data):
            at += os.sendfile(a.sock.fileno(), file.fileno(), at, len(data) - at)
    a.wrote(data)
    drain(b, len(data))
    close(a, b)


def duplicate():
    """The connection outlives the descriptor that it began with."""
    a, b = pair("duplicate")
    copy = a.sock.dup()
    a.sock.sendall(b"first")
    a.sock.close()
    copy.sendall(b"second")
    a.wrote(b"firstsecond")
    drain(b, 11)
    copy.close()
    b.sock.close()


def fork():
    a, b = pair("fork")
    child = os.fork()
    if child == 0:
        a.sock.sendall(b"from the child")
        os._exit(0)
    os.waitpid(child, 0)
    a.sock.sendall(b", from the parent")
    a.wrote(b"from the child, from the parent")
    drain(b, 31)
    close(a, b)


def at_once():
    """Two processes write to one socket, each on a processor of its own: whose bytes come first nobody can say."""
    a, b = pair("at_once")
    child = os.fork()
    processors = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {processors[0 if child == 0 else -1]})
    for _ in range(5003):
        a.sock.send(b"seven b")
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    os.sched_setaffinity(0, processors)
    a.wrote(b"seven b" * 10006)
    drain(b, 7 * 10006)
    close(a, b)


def half_close():
    """The answer is still in the queue when TCP has already ended."""
    a, b = pair("half_close")
    a.sock.sendall(b"question")
    a.wrote(b"question")
    a.sock.shutdown(socket.SHUT_WR)
    drain(b, 8)
    answer = pattern(3001, 3)
    b.sock.sendall(answer)
    b.wrote(answer)
    b.sock.close()
    deadline = time.monotonic() + 5
    while a.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != 7 and time.monotonic() < deadline:
        time.sleep(0.001)  # TCP_CLOSE: the socket went to TIME_WAIT
    drain(a, 1000)
    drain(a, 2001)
    assert a.sock.recv(1) == b""
    a.sock.close()


def reuse():
    """The same descriptor numbers, one connection after another."""
    for n in range(13):
        a, b = pair("reuse")
        data = pattern(101 + n, n)
        a.sock.sendall(data)
        a.wrote(data)
        drain(b, len(data))
        close(a, b)


def reset():
    a, b = pair("reset")
    a.sock.sendall(b"doomed")
    a.wrote(b"doomed")
    drain(b, 6)
    a.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    a.sock.close()
    try:
        b.sock.recv(1)
    except ConnectionResetError:
        pass
    b.sock.close()


def version_6():
    a, b = pair("version_6", socket.AF_INET6, "::1")
    a.sock.sendall(b"six")
    a.wrote(b"six")
    drain(b, 3)
    close(a, b)


def version_4_on_6():
    """A server on `::`, as most are, and a client of version 4."""
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as listener:
        client = socket.create_connection(("127.0.0.1", listener.getsockname()[1]))
        server, _ = listener.accept()
    a, b = End("version_4_on_6", client), End("version_4_on_6", server)
    a.sock.sendall(b"four on six")
    a.wrote(b"four on six")
    drain(b, 11)
    close(a, b)


def not_tcp():
    """Other sockets and files: nothing of this may be seen."""
    left, right = socket.socketpair()
    left.send(b"unix")
    right.recv(10)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        udp.sendto(b"udp", udp.getsockname())
        udp.recv(10)
    read, write = os.pipe()
    os.write(write, b"pipe")
    os.read(read, 10)


def counts():
    """101 connections of 3 threads' making, each with its own size."""
    def some(first, step):
        for n in range(first, 101, step):
            a, b = pair("counts")
            data = pattern(1 + n * 37, n)
            a.sock.sendall(data)
            a.wrote(data)
            drain(b, len(data))
            b.sock.sendall(data[:1])
            b.wrote(data[:1])
            drain(a, 1)
            close(a, b)

    threads = [threading.Thread(target=some, args=(n, 3)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def above_limit():
    a, b = pair("above_limit")
    a.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
    b.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    data = pattern(100_003, 9)
    reader = threading.Thread(target=drain, args=(b, len(data)))
    reader.start()
    at = 0
    while at < len(data):
        count = a.sock.send(data[at:])
        a.wrote(data[at : at + count])
        at += count
    reader.join()
    close(a, b)


def refused():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with socket.socket() as client:
        try:
            client.connect(("127.0.0.1", port))
        except ConnectionRefusedError:
            pass
    return port


def flood(count):
    """`count` messages of 1,009 bytes, as fast as they go."""
    a, b = pair("flood")
    data = pattern(1009, 2)
    reader = threading.Thread(target=drain, args=(b, count * len(data)))
    reader.start()
    for _ in range(count):
        a.sock.sendall(data)
        a.wrote(data)
    reader.join()
    close(a, b)


def in_two_parts():
    """Says `half` in between, and waits for a line."""
    a, b = pair("in_two_parts")
    for size in (1009, 2003):
        data = pattern(size, size)
        a.sock.sendall(data)
        a.wrote(data)
        drain(b, size)
        if size == 1009:
            print("half", flush=True)
            sys.stdin.readline()
    close(a, b)


def older(a, b):
    b.sock.sendall(b"later")
    b.wrote(b"later")
    drain(a, 5)
    close(a, b)


def main():
    chosen = sys.argv[1:]
    facts = {}
    early = None
    if "older" in chosen:
        listener = socket.create_server(("127.0.0.1", 0))
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
        client.sendall(b"earlier")
        server.recv(7)
        early = End("older", client), End("older", server)
    print("ready", flush=True)
    sys.stdin.readline()
    for name in chosen:
        if name == "older":
            older(*early)
        elif name == "refused":
            facts["refusedPort"] = refused()
        elif name.startswith("flood:"):
            flood(int(name.split(":")[1]))
        else:
            globals()[name]()
    print(json.dumps({**facts, "ends": [end.result() for end in ends]}), flush=True)
    sys.stdin.readline()


main()
