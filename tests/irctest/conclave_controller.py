"""How irctest, the conformance suite for IRC servers, starts and stops a conclave node.

irctest speaks without TLS and conclave does not: `relay.py` stands between them.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Optional, Type

from irctest.basecontrollers import BaseServerController, DirectoryBasedController
from irctest.runner import NotImplementedByController
from irctest.specifications import Capabilities, OptionalBehaviors

HERE = Path(__file__).resolve().parent
CONCLAVE = os.environ.get("CONCLAVE", str(HERE.parents[1] / "target/release/conclave"))

# Every password costs next to nothing, and all connections come from one address.
SETTINGS = """
[node]
data_dir = "{directory}/data"
drain = "0s"

[listen]
line = "off"
irc = "127.0.0.1:{port}"

[tls]
cert = "{directory}/cert.pem"
key = "{directory}/key.pem"

[irc]
network = "ConclaveTest"
server_name = "My.Little.Server"
description = "test server"
motd = "{directory}/motd"

# The password is "operpassword".
[irc.operators]
operuser = "$2b$04$HzOtrs3Mr2AAQCnfr3kXw./35ePOMp98AZon9KOfrFYgIx4I9a2Li"

[bridge]
durability = "relaxed"

[accounts]
bcrypt_cost = 4
min_password = 3
guests = true
grace = "0s"

[limits]
connections_per_ip = 0
messages_per_second = 0
registrations_per_minute = 0

"""


class ConclaveController(BaseServerController, DirectoryBasedController):
    software_name = "conclave"
    _port_wait_interval = 0.01
    supports_sts = False
    supported_sasl_mechanisms = {"PLAIN"}
    extban_mute_char = "m"
    isupport = {
        "ACCOUNTEXTBAN": "a",
        "CASEMAPPING": "ascii",
        "EXTBAN": "~,am",
        "NETWORK": "ConclaveTest",
    }
    capabilities = frozenset(
        {
            Capabilities.ACCOUNT_NOTIFY,
            Capabilities.ACCOUNT_TAG,
            Capabilities.AWAY_NOTIFY,
            Capabilities.BATCH,
            Capabilities.ECHO_MESSAGE,
            Capabilities.EXTENDED_JOIN,
            Capabilities.EXTENDED_MONITOR,
            Capabilities.LABELED_RESPONSE,
            Capabilities.MESSAGE_TAGS,
            Capabilities.MULTILINE,
            Capabilities.MULTI_PREFIX,
            Capabilities.READ_MARKER,
            Capabilities.SERVER_TIME,
            Capabilities.SETNAME,
        }
    )
    optional_behaviors = frozenset(
        {
            OptionalBehaviors.BAN_EXCEPTION_MODE,
            OptionalBehaviors.CAP_REQ_MINUS,
            OptionalBehaviors.ELIST_M,
            OptionalBehaviors.ELIST_N,
            OptionalBehaviors.ELIST_U,
            OptionalBehaviors.INVITE_EXCEPTION_MODE,
            OptionalBehaviors.INVITE_LIST,
            OptionalBehaviors.INVITE_OVERRIDES_LIMIT,
            OptionalBehaviors.MULTI_JOIN,
            OptionalBehaviors.MULTI_KICK,
            OptionalBehaviors.MULTI_PRIVMSG,
            OptionalBehaviors.SASL_AFTER_REGISTRATION,
        }
    )

    def run(
        self,
        hostname: str,
        port: int,
        *,
        password: Optional[str],
        ssl: bool,
        run_services: bool,
        faketime: Optional[str],
        config: Optional[Any] = None,
        websocket_hostname: Optional[str] = None,
        websocket_port: Optional[int] = None,
    ) -> None:
        if self.test_config.account_registration_requires_email:
            raise NotImplementedByController("accounts with an email")
        self.create_config()
        assert self.directory
        self.port = port
        self.door = port if ssl else self.get_hostname_and_port()[1]
        self._write_settings()
        if password is not None:
            self._ask_all_for(password)
        self._start()
        self.relays: list[subprocess.Popen[bytes]] = []
        if not ssl:
            self._relay(port)
        if websocket_port is not None:
            self._relay(websocket_port, "http/1.1")

    def _relay(self, port: int, *protocols: str) -> None:
        relay = [sys.executable, HERE / "relay.py", port, self.door, *protocols]
        self.relays.append(subprocess.Popen([str(word) for word in relay]))

    def _write_settings(self) -> None:
        assert self.directory
        self.settings = self.directory / "conclave.toml"
        (self.directory / "motd").write_text("Good morning\n")
        # One certificate is made for all tests, by the first of them.
        for name in ("cert.pem", "key.pem"):
            kept = Path(os.environ.get("CONCLAVE_TEST_CERT", "/nowhere")) / name
            if kept.exists():
                shutil.copy(kept, self.directory / name)
        self.settings.write_text(
            SETTINGS.format(
                directory=self.directory,
                port=self.door,
            )
        )

    def _ask_all_for(self, password: str) -> None:
        command = [CONCLAVE, "--config", str(self.settings), "hash"]
        said = subprocess.run(
            command, input=password.encode(), check=True, capture_output=True
        )
        line = f'[irc]\npassword = "{said.stdout.decode().strip()}"'
        text = self.settings.read_text()
        self.settings.write_text(text.replace("[irc]", line, 1))

    def _start(self) -> None:
        log = {} if self.debug_mode else {"stderr": subprocess.DEVNULL}
        self.proc = self.execute([CONCLAVE, "--config", self.settings], **log)

    def kill_proc(self) -> None:
        super().kill_proc()
        for relay in getattr(self, "relays", []):
            relay.kill()
            relay.wait()
        self.relays = []

    def wait_for_services(self) -> None:
        """Accounts are no service of their own."""

    def registerUser(
        self, case: Any, username: str, password: Optional[str] = None
    ) -> None:
        if not case.run_services:
            raise ValueError("A test that makes accounts says so: run_services")
        assert password
        add = [CONCLAVE, "--config", str(self.settings), "user", "add", username]
        subprocess.run(add, input=password.encode(), check=True, capture_output=True)


def get_irctest_controller_class() -> Type[ConclaveController]:
    return ConclaveController
