"""Takes connections without TLS on one local port and passes them on with TLS to another one.

    relay.py PORT TLS_PORT [PROTOCOL]

It names the protocol in the handshake, and listens once somebody answers at the other end.
"""

import asyncio
import ssl
import sys


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except (ConnectionError, ssl.SSLError):
        pass
    finally:
        writer.close()


def trusting(protocols: list[str]) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(protocols)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def main(port: int, tls_port: int, protocols: list[str]) -> None:
    context = trusting(protocols)

    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        there = await asyncio.open_connection("127.0.0.1", tls_port, ssl=context)
        await asyncio.gather(pump(reader, there[1]), pump(there[0], writer))

    while True:
        try:
            _, probe = await asyncio.open_connection("127.0.0.1", tls_port)
            probe.close()
            break
        except ConnectionRefusedError:
            await asyncio.sleep(0.005)
    server = await asyncio.start_server(connected, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
