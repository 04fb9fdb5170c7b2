"""A request with one header line of so many bytes, to a server that reads it all. Each in a process of its own.

header-line.py serve PORT | header-line.py ask PORT BYTES NONCE
"""
import socket
import sys

PIECE = b"x" * 65536


def serve(port):
    listener = socket.create_server(("127.0.0.1", port))
    while True:
        connection, _ = listener.accept()
        with connection:
            tail = b""
            while not tail.endswith(b"\r\n\r\n"):
                piece = connection.recv(65536)
                if not piece:
                    break
                tail = (tail + piece)[-4:]
            connection.sendall(b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\n\r\n")


def ask(port, size, nonce):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /header-line?n=%s HTTP/1.1\r\nHost: localhost\r\nX-Long: " % nonce.encode())
        for _ in range(size // len(PIECE)):
            connection.sendall(PIECE)
        connection.sendall(b"\r\n\r\n")
        if not connection.recv(65536).startswith(b"HTTP/1.1 431 "):
            sys.exit(1)


if sys.argv[1] == "serve":
    serve(int(sys.argv[2]))
else:
    ask(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
