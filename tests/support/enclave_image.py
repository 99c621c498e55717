"""The enclave image under test, built as an operator builds it."""

from __future__ import annotations

from pathlib import Path

from support.built_image import BuiltImage, build_image
from support.nitro_emulator import EmulatorTools
from tee_rex.attestation.eif import Eif, read_eif
from tee_rex_server.image.eif import eif_parts
from tee_rex_server.image.initramfs import File, FileTree, initramfs

# A process like our init, with nothing of ours in it until it is asked: the least that a Python program in
# this image takes to answer on vsock. It sends a heartbeat first. Asked for a number, it answers with the PCR
# of that index in hex; asked for "bytes N", with so many, through the socket that the server uses.
_PROBE = """\
#!/usr/bin/python3.13 -ISB
import socket
listener = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
listener.bind((socket.VMADDR_CID_ANY, 5000))
listener.listen(8)
with socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM) as parent:
    parent.connect((socket.VMADDR_CID_HOST, 9000))
    parent.sendall(b"\\xb7")
    parent.recv(1)
while True:
    connection, _ = listener.accept()
    question = connection.recv(20)
    if question.strip().isdigit():
        import os, sys
        sys.path.insert(0, "/usr/lib/tee-rex")
        from tee_rex_server.enclave.boot import mount
        from tee_rex.attestation.cbor import read_any_cbor, write_cbor
        from tee_rex_server.tee.nsm import NsmDevice
        if not os.path.exists("/dev/nsm"):
            mount("devtmpfs", "/dev", devices=True)
        with NsmDevice() as device:
            answer = read_any_cbor(device(write_cbor({"DescribePCR": {"index": int(question)}})))
            connection.sendall(answer["DescribePCR"]["data"].hex().encode())
    elif question.startswith(b"bytes "):
        import sys
        sys.path.insert(0, "/usr/lib/tee-rex")
        from tee_rex_server.vsock import ShortSends
        with ShortSends(fileno=connection.detach()) as connection:
            connection.sendall(bytes(int(question[6:])))
    else:
        connection.sendall(question)
    connection.close()
"""


def build_development_image(tools: EmulatorTools, folder: Path, *options: str) -> BuiltImage:
    """An image that proves under the development setup, with the kernel that starts in the emulator."""
    return build_image(folder, "--development", *options, kernel=tools.kernel)


def probe_image(image: Path, target: Path) -> Eif:
    """The same image, in which a small program of this test runs in place of ours: other measurements."""
    eif = read_eif(image.read_bytes())
    tree = FileTree()
    tree.add("probe", File(_PROBE.encode(), executable=True))
    changed = Eif(eif.kernel, eif.cmdline + b" rdinit=/probe", (*eif.ramdisks, initramfs(tree)), eif.metadata)
    with target.open("wb") as file:
        file.writelines(eif_parts(changed))
    return changed
