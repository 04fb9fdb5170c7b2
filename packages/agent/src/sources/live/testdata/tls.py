"""TLS in every way that Python has it. Says `ready`, waits for a line, then prints what it moved as JSON."""
import asyncio
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

exchanges = []


def certificate(folder):
    key, chain = os.path.join(folder, "key.pem"), os.path.join(folder, "chain.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        + ["-keyout", key, "-out", chain, "-days", "2", "-subj", "/CN=localhost"],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain, key)
    client = ssl.create_default_context(cafile=chain)
    client.check_hostname = False
    return server, client


def answer(text):
    return b"answer to " + text + b" " + b"." * (len(text) * 1009)


def read_all(sock, count):
    data = b""
    while len(data) < count:
        data += sock.recv(4096)
    return data


def serve(context, listener, count):
    """`count` connections, each with as many questions as its first byte says."""
    for _ in range(count):
        plain, _ = listener.accept()
        try:
            sock = context.wrap_socket(plain, server_side=True)
            for _ in range(sock.recv(1)[0]):
                question = sock.recv(100)
                sock.sendall(answer(question))
            sock.unwrap().close()
        except (OSError, ssl.SSLError):
            plain.close()


def ask(context, address, names, scenario, hostname="localhost"):
    plain = socket.create_connection(address)
    with context.wrap_socket(plain, server_hostname=hostname) as sock:
        ports = sock.getsockname()[1], sock.getpeername()[1]
        sock.sendall(bytes([len(names)]))
        sent, received = bytes([len(names)]), b""
        for name in names:
            sock.sendall(name)
            sent += name
            received += read_all(sock, len(answer(name)))
        try:
            sock.unwrap()
        except (OSError, ssl.SSLError):
            pass
        exchanges.append(
            {"scenario": scenario, "localPort": ports[0], "remotePort": ports[1]}
            | {"sent": sent.decode("latin1"), "received": received.decode("latin1")}
        )


def blocking(server, client):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(server, listener, 11))
        thread.start()
        for n in range(11):
            ask(client, listener.getsockname(), [b"n%d" % m for m in range(n + 1)], "blocking")
        thread.join()


def nested(server, client):
    """Inside of one handshake: a plain exchange, and a whole TLS connection of its own."""
    with socket.create_server(("127.0.0.1", 0)) as inner, socket.create_server(("127.0.0.1", 0)) as plain:
        inside = threading.Thread(target=serve, args=(server, inner, 1))
        inside.start()

        def on_name(sock, name, context):
            if name != "outer.test":
                return
            left, right = socket.create_connection(plain.getsockname()), plain.accept()[0]
            left.sendall(b"plain inside of TLS")
            right.recv(100)
            left.close()
            right.close()
            ask(client, inner.getsockname(), [b"inner"], "nested_inner")

        server.sni_callback = on_name
        with socket.create_server(("127.0.0.1", 0)) as listener:
            outside = threading.Thread(target=serve, args=(server, listener, 1))
            outside.start()
            ask(client, listener.getsockname(), [b"outer"], "nested_outer", "outer.test")
            outside.join()
        server.sni_callback = None
        inside.join()


def memory(server, client):
    """asyncio moves the records itself, outside of the library's calls."""

    async def handle(reader, writer):
        writer.write(answer(await reader.read(100)))
        await writer.drain()
        writer.close()

    async def run():
        listener = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=server)
        address = listener.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(*address, ssl=client, server_hostname="localhost")
        writer.write(b"memory")
        await reader.readexactly(len(answer(b"memory")))
        writer.close()
        listener.close()

    asyncio.run(run())


def strange(server, client):
    """Inside of SSL_write a callback moves a record on a connection that is not that of the object, over a local socket."""
    left, right = socket.socketpair()
    thread = threading.Thread(target=lambda: answer_once(server, right))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        other = socket.create_connection(listener.getsockname())
        end = listener.accept()[0]
    ports = other.getsockname()[1], other.getpeername()[1]
    armed = []

    def on_message(conn, direction, version, content, kind, data):
        if armed and direction == "write":
            armed.clear()
            other.sendall(b"\x17\x03\x03\x00\x05other")
            end.recv(100)

    client._msg_callback = on_message
    thread.start()
    with client.wrap_socket(left, server_hostname="localhost") as sock:
        for text in [b"first", b"second"]:
            armed.append(True)
            sock.sendall(text)
            read_all(sock, len(answer(text)))
    thread.join()
    client._msg_callback = None
    other.close()
    end.close()
    exchanges.append({"scenario": "strange", "localPort": ports[0], "remotePort": ports[1], "sent": "", "received": ""})


def answer_once(server, plain):
    with server.wrap_socket(plain, server_side=True) as sock:
        for _ in range(2):
            sock.sendall(answer(sock.recv(100)))


def curl(server, client):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def once():
            with server.wrap_socket(listener.accept()[0], server_side=True) as sock:
                sock.recv(4096)
                sock.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n")
                sock.unwrap()

        thread = threading.Thread(target=once)
        thread.start()
        subprocess.run(["curl", "-sk", "https://127.0.0.1:%d/from-curl" % listener.getsockname()[1]], stdout=subprocess.DEVNULL)
        thread.join()


def main():
    with tempfile.TemporaryDirectory() as folder:
        server, client = certificate(folder)
        print("ready", flush=True)
        sys.stdin.readline()
        for name in sys.argv[1:]:
            globals()[name](server, client)
    print(json.dumps(exchanges), flush=True)
    sys.stdin.readline()


main()
