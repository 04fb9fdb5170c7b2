"""A plain threaded HTTP/1.1 service: answers slowly, wrongly, in chunks or by echo, and logs each request."""
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

LOG = open(sys.argv[2], "a", buffering=1)
LOCK = threading.Lock()


class Handler(BaseHTTPRequestHandler):
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
        payload = self.body()
        status, chunked = 200, False
        if url.path.endswith("/slow"):
            time.sleep(float(query.get("ms", ["50"])[0]) / 1000)
        elif url.path.endswith("/fail"):
            status = 503
        elif url.path.endswith("/chunked"):
            chunked = True
        out = payload or json.dumps({"path": url.path, "at": time.time()}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for start in range(0, 5000, 1000):
                part = b"%05d" % start + b"." * 995
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.send_header("Content-Length", str(len(out)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(out)
        self.wfile.flush()
        with LOCK:
            LOG.write(json.dumps({
                "scheme": "http", "method": self.command, "target": self.path, "status": status,
                "nonce": query.get("n", [""])[0], "peer": "%s:%d" % self.client_address,
            }) + "\n")

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = answer


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
