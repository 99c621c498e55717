"""The strict subset of OpenPGP (RFC 9580) in which a witness travels to a prover.

Keys: version 4, one Ed25519 primary key, one user id, one X25519 encryption subkey. Messages: one literal
packet, AES-GCM in 256 KiB chunks (version 2 of the encrypted data packet), the session key encrypted with
X25519. That is what OpenPGP.js 6 makes with ``type: 'curve25519'`` and ``aeadProtect: true``, and all that
is read: no older encryption, no compression, no passwords, no signatures on messages, no nesting.
"""

from tee_rex.openpgp.keys import PrivateKey, PublicKey
from tee_rex.openpgp.messages import decrypt, encrypt

__all__ = ["PrivateKey", "PublicKey", "decrypt", "encrypt"]
