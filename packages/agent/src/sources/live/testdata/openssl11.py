"""TLS by a given libssl.so.1.1, both ends, through ctypes: `openssl11.py LIBSSL FOLDER`, with key.pem and chain.pem.

Says `ready`, waits for a line, then prints what each connection moved as JSON. `retry` writes to a full socket, so that
SSL_write returns WANT_WRITE and is called again, with and without partial writes.
"""
import ctypes
import hashlib
import json
import select
import socket
import sys
import threading

tls = ctypes.CDLL(sys.argv[1])
for name in ["TLS_method", "SSL_CTX_new", "SSL_new"]:
    getattr(tls, name).restype = ctypes.c_void_p
WANT_READ, WANT_WRITE = 2, 3
SSL_CTRL_MODE, PARTIAL_WRITE, MOVING_BUFFER = 33, 1, 2
exchanges = []


def context():
    made = ctypes.c_void_p(tls.SSL_CTX_new(ctypes.c_void_p(tls.TLS_method())))
    chain, key = (f"{sys.argv[2]}/{name}.pem".encode() for name in ("chain", "key"))
    assert tls.SSL_CTX_use_certificate_chain_file(made, chain) == 1
    assert tls.SSL_CTX_use_PrivateKey_file(made, key, 1) == 1
    return made


def session(sock):
    ssl = ctypes.c_void_p(tls.SSL_new(shared))
    assert tls.SSL_set_fd(ssl, sock.fileno()) == 1
    return ssl


def write(ssl, sock, data, retries):
    at = 0
    while at < len(data):
        rest = data[at:]
        count = tls.SSL_write(ssl, rest, len(rest))
        while count <= 0:
            assert tls.SSL_get_error(ssl, count) == WANT_WRITE
            retries.append(len(rest))
            select.select([], [sock], [], 5)
            count = tls.SSL_write(ssl, rest, len(rest))
        at += count


def read(ssl, count):
    into, data = ctypes.create_string_buffer(4096), b""
    while len(data) < count:
        got = tls.SSL_read(ssl, into, min(4096, count - len(data)))
        assert got > 0
        data += into.raw[:got]
    return data


def exchange(scenario, question, answer, mode=None):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.socket()
        if mode is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        client.connect(listener.getsockname())
        server = listener.accept()[0]
    seen = []

    def serve():
        ssl = session(server)
        assert tls.SSL_accept(ssl) == 1
        seen.append(read(ssl, len(question)))
        write(ssl, server, answer, [])
        tls.SSL_free(ssl)

    thread = threading.Thread(target=serve)
    thread.start()
    ssl = session(client)
    assert tls.SSL_connect(ssl) == 1
    retries = []
    if mode is not None:
        tls.SSL_ctrl(ssl, SSL_CTRL_MODE, ctypes.c_long(mode), None)
        client.setblocking(False)
    write(ssl, client, question, retries)
    client.setblocking(True)
    got = read(ssl, len(answer))
    thread.join()
    assert seen == [question] and got == answer
    exchanges.append(
        {"scenario": scenario, "localPort": client.getsockname()[1], "remotePort": client.getpeername()[1]}
        | {"retries": len(retries), "sentBytes": len(question), "sent": hashlib.sha256(question).hexdigest()}
        | {"receivedBytes": len(answer), "received": hashlib.sha256(answer).hexdigest()}
    )
    tls.SSL_free(ssl)
    client.close()
    server.close()


shared = context()
print("ready", flush=True)
sys.stdin.readline()
for n in range(7):
    exchange("plain", b"question %d" % n, b"answer %d " % n + b"." * n * 1009)
page = hashlib.shake_128(b"page").digest(400_009)
exchange("retry", page, b"whole", 0)
exchange("retry_moving", page, b"whole, from buffers that move", MOVING_BUFFER)
exchange("retry_partial", page, b"in parts", PARTIAL_WRITE | MOVING_BUFFER)
print(json.dumps(exchanges), flush=True)
sys.stdin.readline()
