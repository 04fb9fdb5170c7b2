"""Writes hellos.json: what OpenSSL sends first from either end, and what it says that both agreed on.

/usr/bin/python3 make-hellos.py > hellos.json
"""
import json
import os
import ssl
import subprocess
import tempfile


def hello(server_context, client_context, name):
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server, server_hostname=name)
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    first = {"client": b"", "server": b""}
    for _ in range(4):
        for end, out, who in ((client, to_server, "client"), (server, to_client, "server")):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                pass
            if not first[who]:
                first[who] = out.read()
                (to_server if who == "client" else to_client).write(first[who])
    cipher = next(each for each in client_context.get_ciphers() if each["name"] == client.cipher()[0])
    return {
        "client": first["client"].hex(),
        "server": first["server"].hex(),
        "serverName": name,
        "version": client.version().removeprefix("TLSv"),
        "cipherSuite": "%04x" % (cipher["id"] & 0xFFFF),
        "alpn": client.selected_alpn_protocol(),
    }


def main():
    with tempfile.TemporaryDirectory() as folder:
        key, chain = os.path.join(folder, "key.pem"), os.path.join(folder, "chain.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
            + ["-keyout", key, "-out", chain, "-days", "2", "-subj", "/CN=localhost"],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        found = []
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            server.load_cert_chain(chain, key)
            client = ssl.create_default_context(cafile=chain)
            client.check_hostname = False
            client.minimum_version = client.maximum_version = version
            client.set_alpn_protocols(["h2", "http/1.1"])
            server.set_alpn_protocols(["http/1.1"])
            found.append(hello(server, client, "shop.example"))
        print(json.dumps(found, indent=1))


main()
