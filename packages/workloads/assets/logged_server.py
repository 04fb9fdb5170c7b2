"""What the demo's HTTP/1.1 services share: bodies of every framing, answers of one segment, one log line a request."""
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

LOCK = threading.Lock()


class LoggedHandler(BaseHTTPRequestHandler):
    """A subclass has respond(url, query, payload), which gives the status and the body, or None for pieces."""
    protocol_version = "HTTP/1.1"
    # One segment for head and body, as production servers send it.
    wbufsize = 65536
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            data = b""
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                if size == 0:
                    while self.rfile.readline() not in (b"\r\n", b"\n", b""):
                        pass
                    return data
                data += self.rfile.read(size)
                self.rfile.readline()
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self):
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        status, out = self.respond(url, query, self.body())
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if out is None:
            self.send_pieces()
        else:
            self.send_header("Content-Length", str(len(out)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(out)
        self.wfile.flush()
        self.log(status, query.get("n", [""])[0])

    def send_pieces(self):
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for start in range(0, 5000, 1000):
            part = b"%05d" % start + b"." * 995
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def log(self, status, nonce):
        with LOCK:
            self.server.requests.write(json.dumps({
                "scheme": "http", "method": self.command, "target": self.path, "status": status,
                "nonce": nonce, "peer": "%s:%d" % self.client_address,
            }) + "\n")

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = answer


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def serve(handler):
    """NAME.py PORT LOG …"""
    server = Server(("127.0.0.1", int(sys.argv[1])), handler)
    server.requests = open(sys.argv[2], "a", buffering=1)
    server.serve_forever()
