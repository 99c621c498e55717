"""A wallet bridge in Python that follows a script: ``python scripted_bridge.py BEHAVIOUR``.

BEHAVIOUR is ``fault@place``, or empty for a bridge that behaves. It speaks the real one's protocol, knows two
accounts, and takes a recorded account deployment for every transaction's execution steps, which it hands over
one by one. This file is run as a program, so it imports nothing of the project at its top.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

ADDRESSES = ("0x" + "1" * 64, "0x" + "2" * 64)
TOKEN = "0x" + "3" * 64
FEE_CONTRACT = "0x" + "4" * 64
MAX_JSON_BYTES = 1 << 20


@dataclass
class ScriptedBridge:
    """state: a folder where runs leave what the next one must know."""

    behaviour: str
    steps: list[bytes]
    state: Path
    reader: BinaryIO
    writer: BinaryIO
    sent: int = 0

    def run(self) -> None:
        self._fault_at("start")
        self._notify("ready", {"pid": os.getpid(), "node": "0"})
        while True:
            message, _ = self._receive()
            method = message["method"]
            if method == "cancel":
                continue
            if method == "close":
                self._fault_at("close")
                return
            try:
                self._fault_at(method)
                result = getattr(self, f"_{method}")(message.get("params") or {})
            except RefusedError as refusal:
                error = {"code": -32000, "message": refusal.kind, "data": {"kind": refusal.kind}}
                self._send({"jsonrpc": "2.0", "id": message["id"], "error": error})
            else:
                self._send({"jsonrpc": "2.0", "id": message["id"], "result": result})

    def _open(self, params: dict[str, Any]) -> object:
        store = Path(params["dataDirectory"])
        if self.behaviour == "stale" and (store / "stale").exists():
            raise RefusedError("store")
        store.mkdir(parents=True, exist_ok=True)
        funded = self.behaviour != "poor" and params["sponsoredFpcSalt"] == "0"
        return {"feeContract": {"address": FEE_CONTRACT, "funded": funded}}

    def _nodeInfo(self, _params: dict[str, Any]) -> object:  # noqa: N802  # the protocol's name
        chain = 1 if self.behaviour == "elsewhere" else 31337
        return {"nodeVersion": "4.1.2", "chainId": chain, "rollupVersion": 3005340355}

    def _addAccount(self, params: dict[str, Any]) -> object:  # noqa: N802  # the protocol's name
        known = self.state / "accounts.json"
        secrets = json.loads(known.read_text()) if known.exists() else []
        if params["secret"] not in secrets:
            secrets.append(params["secret"])
        known.write_text(json.dumps(secrets))
        (self.state / "opened").open("a").write("1 ")
        index = secrets.index(params["secret"])
        deployed = (self.state / f"deployed-{index}").exists()
        return {"address": ADDRESSES[index % 2][:-2] + f"{index:02x}", "deployed": deployed}

    def _deployAccount(self, params: dict[str, Any]) -> object:  # noqa: N802  # the protocol's name
        answer = self._transaction()
        (self.state / f"deployed-{int(params['address'][-2:], 16)}").touch()
        return answer

    def _deployToken(self, _params: dict[str, Any]) -> object:  # noqa: N802  # the protocol's name
        token = {"address": TOKEN, "name": "TeeRex", "symbol": "TREX", "decimals": 18}
        return {**self._transaction(), "token": token}

    def _mint(self, _params: dict[str, Any]) -> object:
        return self._transaction()

    _transfer = _mint

    def _balances(self, params: dict[str, Any]) -> object:
        amounts = ("499", "501") if self.behaviour == "thief" else ("500", "500")
        balances = [
            {"account": account, "amount": amount}
            for account, amount in zip(params["accounts"], amounts, strict=True)
        ]
        return {"balances": balances, "totalMs": 1.5}

    def _transaction(self) -> dict[str, object]:
        self._announced = len(self.steps)
        self._fault_at("simulate")
        self._send({"jsonrpc": "2.0", "id": 1, "method": "prove", "params": {"circuits": self._announced}})
        for index, step in enumerate(self.steps):
            self._fault_at(f"step-{index}")
            question = {"jsonrpc": "2.0", "id": 100 + index, "method": "step", "params": {"index": index}}
            self._send(question, step)
        functions = [{"name": "SchnorrAccount:entrypoint", "ms": 2.0}, {"name": "hiding_kernel", "ms": 1.0}]
        self._notify("simulated", {"totalMs": 4.0, "syncMs": 0.5, "functions": functions})
        self._notify("complete")
        self._fault_at("prove")
        while True:
            answer, proof = self._receive()
            if answer.get("id") == 1:
                break
            if "error" in answer:  # a step was refused
                raise RefusedError("simulation")
            if answer.get("method") == "close":
                sys.exit(0)
        if "error" in answer or not proof:
            raise RefusedError("simulation")
        self.sent += 1
        transaction = f"0x{self.sent:064x}"
        if self.behaviour == "sends-unseen":  # its peer reads the message only after this process has ended
            (self.state / "sending").touch()
            while not (self.state / "cancelled").exists():
                time.sleep(0.01)
        self._notify("sending", {"transaction": transaction, "finishMs": 0.5})
        (self.state / "sent").open("a").write(transaction + "\n")
        self._fault_at("send")
        return {"transaction": transaction, "sendMs": 0.75}

    def _fault_at(self, place: str) -> None:
        fault, _, faulty_place = self.behaviour.partition("@")
        if place != faulty_place:
            return
        match fault:
            case "crash":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "exit":
                sys.stderr.write("a secret: 0x1234\n")
                sys.exit(3)
            case "hang":
                pass
            case "silent-close":
                os.close(self.writer.fileno())
            case "garbage":
                self.writer.write(b"Warning: something printed to stdout\n" * 4)
                self.writer.flush()
            case "huge":
                self.writer.write(struct.pack(">II", 2, 0xFFFFFFFF) + b"{}")
                self.writer.flush()
            case "cut":
                self.writer.write(struct.pack(">II", 100, 0) + b"{")
                self.writer.flush()
                sys.exit(0)
            case "no-json":
                self._write(b"\xff\xfe", b"")
            case "no-rpc":
                self._send({"jsonrpc": "1.0", "method": "ready"})
            case "asks":
                self._send({"jsonrpc": "2.0", "id": 9, "method": "readFile", "params": {"path": "/"}})
            case "prove-twice":
                self._send({"jsonrpc": "2.0", "id": 2, "method": "prove", "params": {"circuits": 11}})
            case "again":
                question = {"jsonrpc": "2.0", "id": 99, "method": "step", "params": {"index": 0}}
                self._send(question, self.steps[0])
                return
            case "one-more":
                self._notify("expect", {"circuits": self._announced + 1})
                return
            case "fewer":
                self._notify("expect", {"circuits": 2})
                return
            case "too-many":
                self._notify("expect", {"circuits": 10**9})
                return
            case "early-end":
                self._notify("complete")
                return
            case "wrong-answer":
                self._send({"jsonrpc": "2.0", "id": 1, "result": {"unexpected": True}})
            case "pulse":
                for received in range(8):
                    sync = {"block": 10 * received, "tip": 70}
                    self._notify("alive", {"waiting": 1, "received": received, "sync": sync})
                    time.sleep(0.4)
                return
            case "stalled":
                while True:
                    self._notify("alive", {"waiting": 1, "received": 7, "sync": None})
                    time.sleep(0.02)
            case "bad-steps":
                self.steps = [b"\xc0"]
                self._announced = 1
                return
            case kind:
                raise RefusedError(kind)
        time.sleep(600)

    def _notify(self, method: str, params: object = None) -> None:
        message = {"jsonrpc": "2.0", "method": method}
        self._send(message if params is None else message | {"params": params})

    def _send(self, message: object, attachment: bytes = b"") -> None:
        self._write(json.dumps(message).encode(), attachment)

    def _write(self, content: bytes, attachment: bytes) -> None:
        self.writer.write(struct.pack(">II", len(content), len(attachment)) + content + attachment)
        self.writer.flush()

    def _receive(self) -> tuple[dict[str, Any], bytes]:
        header = self.reader.read(8)
        if len(header) < 8:
            sys.exit(0)  # our peer is gone
        length, attached = struct.unpack(">II", header)
        return json.loads(self.reader.read(length)), self.reader.read(attached)


def split(steps: bytes) -> list[bytes]:
    """What :func:`joined` has joined."""
    parts, position = [], 0
    while position < len(steps):
        (length,) = struct.unpack_from(">I", steps, position)
        parts.append(steps[position + 4 : position + 4 + length])
        position += 4 + length
    return parts


def joined(steps: list[bytes]) -> bytes:
    """Execution steps in a file for :class:`ScriptedBridge`."""
    return b"".join(struct.pack(">I", len(step)) + step for step in steps)


class RefusedError(Exception):
    """An answer with an error."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


if __name__ == "__main__":
    ScriptedBridge(
        sys.argv[1],
        split(Path(sys.argv[2]).read_bytes()),
        Path(sys.argv[3]),
        sys.stdin.buffer,
        sys.stdout.buffer,
    ).run()
