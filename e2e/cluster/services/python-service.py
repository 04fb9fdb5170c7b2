# The same service as go-service, in Python, over HTTP/1.1: asks the addresses in CALLS for each request, prints one line
# for each answer. An address that begins with https is asked by OpenSSL, as TLS_CA trusts it.
import json
import os
import ssl
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

calls = os.environ.get("CALLS", "").split()
authority = os.environ.get("TLS_CA")
context = ssl.create_default_context(cafile=authority) if authority else None


def call(address):
    try:
        with urllib.request.urlopen(address, timeout=10, context=context) as answer:
            answer.read()
            return answer.status == 200
    except OSError:
        return False


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        answers = [call(address + self.path) for address in calls]
        status = 200 if all(answers) else 502
        body = b"python\n"
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        line = {"method": self.command, "path": self.path, "status": status, "peer": self.client_address[0]}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("", int(os.environ.get("PORT", "8080"))), Handler).serve_forever()
