"""Proofs of single Noir circuits."""

from __future__ import annotations

from http import HTTPStatus

from tee_rex.errors import ErrorKind, InputError, ProvingError, UsageError

CIRCUITS_ONLY_LOCAL = ErrorKind(
    UsageError, "CIRCUITS_ONLY_LOCAL", "Noir circuits are proved on this machine"
).says(
    "{mode} mode proves transactions, not single circuits.",
    "Prove circuits in local mode: nothing of them leaves this machine.",
)

INVALID_VERIFIER_TARGET = ErrorKind(UsageError, "INVALID_VERIFIER_TARGET", "Unknown verifier target").says(
    "A proof is made for one of: {known}.",
    "Choose a verifier target, as for bb's --verifier_target.",
)
CIRCUIT_MALFORMED = ErrorKind(InputError, "CIRCUIT_MALFORMED", "Malformed circuit or witness").says(
    "The {part} is not valid gzip.",
    "Give the bytecode of Noir's compiler and the witness of its executor, both as gzip.",
)
PART_TRUNCATED = CIRCUIT_MALFORMED.says("The gzip data of the {part} is truncated.")
PART_TRAILING_DATA = CIRCUIT_MALFORMED.says("The gzip data of the {part} is followed by other data.")
PART_EMPTY = CIRCUIT_MALFORMED.says("The {part} is empty.")
PART_TOO_LARGE = CIRCUIT_MALFORMED.says(
    "The {part} has more than {limit:,} bytes.", "Prove a smaller circuit."
)
INFLATE_LIMIT = PART_TOO_LARGE.says(
    "The circuit and its witness decompress to more than {limit:,} bytes, in the {part}."
)
KEY_LENGTH = CIRCUIT_MALFORMED.says(
    "A verification key for {target} has {expected:,} bytes, not {count:,}.",
    "Omit the key (it is then computed), or compute it with this bb for the same verifier target.",
)

CIRCUIT_REFUSED = ErrorKind(
    ProvingError, "CIRCUIT_REFUSED", "The prover rejected the circuit", status=HTTPStatus.BAD_REQUEST
).says(
    "bb {version} reported an error while {activity}.",
    "The circuit may be compiled for another version of bb, or witness or key belong to another circuit.",
)
TARGET_UNAVAILABLE = ErrorKind(
    ProvingError, "TARGET_UNAVAILABLE", "This bb does not prove for that verifier"
).says(
    "bb {version} was built without {target}.",
    "Choose another verifier target, or install a bb that has this one.",
)
CIRCUIT_UNSATISFIED = ErrorKind(
    ProvingError,
    "CIRCUIT_UNSATISFIED",
    "The witness does not satisfy the circuit",
    status=HTTPStatus.BAD_REQUEST,
).says("bb does not verify the proof that it made.", "Execute the circuit again to get its witness.")
UNSATISFIED_OR_OTHER_KEY = CIRCUIT_UNSATISFIED.says(
    "bb does not verify the proof that it made under the verification key that was given.",
    "Execute the circuit again to get its witness, and omit the key: it is then computed.",
)
