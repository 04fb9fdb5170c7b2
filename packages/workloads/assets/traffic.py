"""
Known traffic of every kind over a few connections; each request carries a nonce and is logged when answered.

traffic.py HTTP_PORT HTTPS_PORT CERTIFICATE PREFIX COUNT CONNECTIONS PACE_PER_SECOND LOG
COUNT requests go to each of the two ports. PACE 0 is as fast as it can.
"""
import json
import socket
import ssl
import sys
import threading
import time

HTTP, HTTPS = int(sys.argv[1]), int(sys.argv[2])
CERTIFICATE, PREFIX = sys.argv[3], sys.argv[4]
COUNT, CONNECTIONS, PACE = int(sys.argv[5]), int(sys.argv[6]), float(sys.argv[7])
LOG = open(sys.argv[8], "a", buffering=1)
LOCK = threading.Lock()
CONTEXT = ssl.create_default_context(cafile=CERTIFICATE)
HAS_UPSTREAM = len(sys.argv) > 9 and sys.argv[9] == "upstream"

# (share, kind): of 100 requests
MIX = [(36, "tiny"), (12, "page"), (8, "head"), (4, "zipped"), (5, "missing"), (3, "error"), (2, "moved"),
       (2, "empty"), (10, "pipeline"), (4, "echo"), (4, "upload"), (3, "chunked"), (2, "slow"), (1, "fail"),
       (1, "refused"), (1, "range"), (1, "unchanged"), (1, "closing")]
KINDS = [kind for share, kind in MIX for _ in range(share)]
PLAIN = {"echo": "tiny", "upload": "page", "chunked": "zipped", "slow": "tiny", "fail": "error"}
TARGETS = {"head": "/page", "missing": "/nothing-here", "echo": "/api/echo", "upload": "/api/echo",
           "chunked": "/api/chunked", "slow": "/api/slow", "fail": "/api/fail", "refused": "/page",
           "range": "/page", "unchanged": "/page", "closing": "/page"}
METHODS = {"head": "HEAD", "echo": "POST", "upload": "PUT", "refused": "POST"}
HEADERS = {"zipped": "Accept-Encoding: gzip\r\n", "range": "Range: bytes=100-306\r\n",
           "unchanged": "If-None-Match: *\r\n", "closing": "Connection: close\r\n"}
# One after another without waiting, with answers of every framing. No HEAD: tshark, which is asked about the
# same packets, takes the length of its answer for a body when another request follows it.
PIPELINE = [("GET", "/tiny"), ("GET", "/empty"), ("GET", "/page"), ("GET", "/nothing-here"), ("GET", "/zipped")]


class Connection:
    def __init__(self, port):
        raw = socket.create_connection(("127.0.0.1", port))
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = CONTEXT.wrap_socket(raw, server_hostname="localhost") if port == HTTPS else raw
        self.reader = self.socket.makefile("rb")

    def close(self):
        self.reader.close()
        self.socket.close()

    def send(self, method, target, nonce, headers="", body=None, chunked=False):
        separator = "&" if "?" in target else "?"
        head = "%s %s%sn=%s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: traffic\r\n" % (method, target, separator, nonce)
        head += headers
        if chunked:
            head += "Transfer-Encoding: chunked\r\n\r\n"
            pieces = [head.encode()]
            for start in range(0, len(body), 700):
                part = body[start:start + 700]
                pieces.append(b"%x\r\n%s\r\n" % (len(part), part))
            pieces.append(b"0\r\n\r\n")
        else:
            if body is not None:
                head += "Content-Length: %d\r\n" % len(body)
            pieces = [head.encode() + b"\r\n" + (body or b"")]
        for piece in pieces:
            self.socket.sendall(piece)
        return sum(map(len, pieces))

    def receive(self, method):
        status = int(self.reader.readline().split()[1])
        headers = {}
        while True:
            line = self.reader.readline()
            if line in (b"\r\n", b""):
                break
            name, _, value = line.partition(b":")
            headers[name.strip().lower()] = value.strip()
        size = 0
        if method == "HEAD" or status in (204, 304):
            return status, size
        if headers.get(b"transfer-encoding") == b"chunked":
            while True:
                length = int(self.reader.readline().split(b";")[0], 16)
                if length:
                    self.reader.read(length)
                    size += length
                self.reader.readline()
                if length == 0:
                    return status, size
        size = int(headers.get(b"content-length", b"0"))
        self.reader.read(size)
        return status, size


def log(port, method, target, nonce, request_bytes, started, answer):
    now = time.time()
    with LOCK:
        LOG.write(json.dumps({"scheme": "https" if port == HTTPS else "http", "method": method, "target": target,
                              "nonce": nonce, "requestBytes": request_bytes, "status": answer[0],
                              "bodyBytes": answer[1], "time": now, "seconds": now - started}) + "\n")


def run(port, worker, count):
    connection, sent, drawn, started = Connection(port), 0, 0, time.monotonic()
    label = "s" if port == HTTPS else "p"
    while sent < count:
        if PACE:
            time.sleep(max(0, started + sent * CONNECTIONS * 2 / PACE - time.monotonic()))
        kind = KINDS[(drawn * 37 + worker * 11) % 100]
        drawn += 1
        kind = kind if HAS_UPSTREAM else PLAIN.get(kind, kind)
        target = TARGETS.get(kind, "/" + kind)
        if kind == "pipeline":
            burst = [(method, target, "%s%s%d-%d" % (PREFIX, label, worker, sent + i))
                     for i, (method, target) in enumerate(PIPELINE[:count - sent])]
            begun = time.time()
            sizes = [connection.send(method, target, nonce, HEADERS.get(target[1:], ""))
                     for method, target, nonce in burst]
            for (method, target, nonce), size in zip(burst, sizes):
                log(port, method, target, nonce, size, begun, connection.receive(method))
            sent += len(burst)
            continue
        nonce = "%s%s%d-%d" % (PREFIX, label, worker, sent)
        method = METHODS.get(kind, "GET")
        body = {"echo": b'{"user":"a","n":%d}' % sent, "upload": b"u" * 3000, "refused": b"r" * 211}.get(kind)
        begun = time.time()
        size = connection.send(method, target, nonce, HEADERS.get(kind, ""), body, chunked=kind == "upload")
        log(port, method, target, nonce, size, begun, connection.receive(method))
        sent += 1
        if kind == "closing":
            connection.close()
            connection = Connection(port)


threads = []
for port in (HTTP, HTTPS):
    for worker in range(CONNECTIONS):
        share = COUNT // CONNECTIONS + (1 if worker < COUNT % CONNECTIONS else 0)
        threads.append(threading.Thread(target=run, args=(port, worker, share)))
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
