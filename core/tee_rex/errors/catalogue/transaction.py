"""Execution steps, proofs, and the Aztec version and trusted setup that they belong to."""

from __future__ import annotations

from http import HTTPStatus

from tee_rex.errors import ErrorKind, InputError, ProvingError
from tee_rex.errors.tree import MalformedProofError

SETUP_MISMATCH = ErrorKind(InputError, "SETUP_MISMATCH", "Wrong trusted setup").says(
    "The steps belong to the {setup} setup, not to the {asserted} one.",
    "Omit the setup: it is read from the steps.",
    "Option: --crs",
)
AZTEC_GENERATION_UNKNOWN = ErrorKind(
    InputError, "AZTEC_GENERATION_UNKNOWN", "This Aztec version is not supported"
).says(
    "This release knows Aztec {known}, but not {version}.",
    "A newer release of TEE-Rex may know it.",
)
AZTEC_VERSION_MISMATCH = ErrorKind(InputError, "AZTEC_VERSION_MISMATCH", "Wrong Aztec version").says(
    "The steps have the circuits of Aztec {found}, not those of {asserted}.",
    "Omit the version, or give one with the steps' circuits.",
)

STEPS_EMPTY = ErrorKind(InputError, "STEPS_EMPTY", "No execution steps").says(
    "The input is empty.", "Give the file written by Aztec's serializePrivateExecutionSteps."
)
NO_CIRCUITS = STEPS_EMPTY.says("The list has no circuits.")
STEPS_MALFORMED = ErrorKind(InputError, "STEPS_MALFORMED", "Not an execution-steps file").says(
    "The data is truncated, damaged, or in another format.",
    "Give the complete, unchanged file written by Aztec's serializePrivateExecutionSteps.",
)
NOT_A_LIST_OF_CIRCUITS = STEPS_MALFORMED.says("The data does not start with a list of circuits.")
BAD_CIRCUIT_NAME = STEPS_MALFORMED.says("A circuit's name is empty, too long, or not printable.")
STEPS_INCOMPLETE = ErrorKind(InputError, "STEPS_INCOMPLETE", "Incomplete execution steps").says(
    "The last circuit is {circuit}, not a hiding kernel.", "Give all execution steps of the transaction."
)
STEPS_TOO_FEW_CIRCUITS = STEPS_INCOMPLETE.says(
    "The steps have {count:,} circuits, and a transaction of {generation} at least {least:,}."
)
STEPS_CUT_SHORT = STEPS_INCOMPLETE.says(
    "The steps ended after {count:,} of {expected:,} circuits.", "Start the transaction again."
)
STEPS_STOPPED = ErrorKind(
    InputError, "STEPS_STOPPED", "The execution steps stopped", status=HTTPStatus.REQUEST_TIMEOUT
).says(
    "For {seconds:.0f} seconds no step has arrived, after {count:,} of {expected:,}.",
    "Start the transaction again.",
)
STEPS_TOO_SLOW = STEPS_STOPPED.says(
    "The prover has waited {seconds:.0f} seconds in all for steps; {count:,} of {expected:,} have arrived."
)
STEPS_OUT_OF_ORDER = ErrorKind(InputError, "STEPS_OUT_OF_ORDER", "The execution steps are out of order").says(
    "Circuit {found:,} has arrived, where circuit {expected:,} was expected.", "Start the transaction again."
)
STEPS_NOT_AS_ANNOUNCED = STEPS_OUT_OF_ORDER.says("The circuits that arrived are not those announced.")
STEPS_TOO_MANY_CORRECTIONS = STEPS_OUT_OF_ORDER.says(
    "The number of circuits was corrected more than {most:,} times."
)
STEPS_TOO_LARGE = ErrorKind(
    InputError,
    "STEPS_TOO_LARGE",
    "The execution steps are too large",
    status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
).says(
    "The input is larger than {limit_mb:,} MB.",
    "Choose another file: the execution steps of a transaction need a few MB.",
)
STEPS_FILE_TOO_LARGE = STEPS_TOO_LARGE.says("{file} has {size}; at most {limit} can be read.")
STEPS_TOO_MANY_CIRCUITS = ErrorKind(InputError, "STEPS_TOO_MANY_CIRCUITS", "Too many circuits").says(
    "The steps have {count:,} circuits.", "The limit is 512."
)
STEPS_MORE_THAN_ANNOUNCED = STEPS_TOO_MANY_CIRCUITS.says(
    "More circuits have arrived than the {count:,} announced.", "Start the transaction again."
)
STEPS_MISSING_VK = ErrorKind(InputError, "STEPS_MISSING_VK", "A circuit has no verification key").says(
    "Circuit {circuit} has no verification key.",
    "Simulate the transaction again with proving enabled, so that every step includes its key.",
)
STEPS_BAD_VK = ErrorKind(InputError, "STEPS_BAD_VK", "Invalid verification key").says(
    "The verification key of {circuit} has {count:,} bytes, not {expected:,}.",
    "The steps may come from another Aztec version than this prover's.",
)
FINAL_KEY_OF_NO_GENERATION = STEPS_BAD_VK.says(
    "The last circuit's verification key has {count:,} bytes, as in no Aztec version that this release knows"
    " ({known}).",
    "Give all execution steps of the transaction; for a newer Aztec version, update TEE-Rex.",
)
CIRCUIT_TOO_LARGE = STEPS_BAD_VK.says(
    "By its verification key, {circuit} has more than 2^{most} rows.",
    "The key is damaged. Record the transaction's steps again.",
)
KEY_WITHOUT_COMMITMENTS = STEPS_BAD_VK.says(
    "The verification key of {circuit} commits to nothing.",
    "The key is damaged. Record the transaction's steps again.",
)
STEPS_BAD_KINDS = ErrorKind(InputError, "STEPS_BAD_KINDS", "The circuits are of the wrong kinds").says(
    "The first circuit must be an app, and only the last a hiding kernel.",
    "Record the transaction's steps again, and give all of them in their order.",
)
STEPS_WITHOUT_KIND = STEPS_BAD_KINDS.says(
    "The step of {circuit} has no kind, which steps of {generation} need."
)
STEPS_WITH_KIND = STEPS_BAD_KINDS.says(
    "The step of {circuit} has a kind, which steps of {generation} do not have."
)
STEPS_BAD_GZIP = ErrorKind(InputError, "STEPS_BAD_GZIP", "Damaged circuit data").says(
    "The data of {circuit} is not valid gzip.",
    "Record the transaction's steps again; the file is truncated or was changed.",
)
GZIP_TRUNCATED = STEPS_BAD_GZIP.says("The gzip data of {circuit} is truncated.")
GZIP_TRAILING_DATA = STEPS_BAD_GZIP.says("The gzip data of {circuit} is followed by other data.")
STEPS_INFLATE_LIMIT = ErrorKind(
    InputError, "STEPS_INFLATE_LIMIT", "Decompressed data exceeds the limit"
).says(
    "The data of {circuit} decompresses to more than {limit:,} bytes.",
    "The limit is 64 MiB for a bytecode or witness.",
)
TOTAL_INFLATE_LIMIT = STEPS_INFLATE_LIMIT.says(
    "With the data of {circuit}, the steps decompress to more than {limit:,} bytes.",
    "The limit is 512 MiB for a transaction.",
)

PROOF_MALFORMED = ErrorKind(MalformedProofError, "PROOF_MALFORMED", "Not a Chonk proof").says(
    "A Chonk proof of {generation} cannot have {count:,} bytes of fields.",
    "Give the complete, unchanged file of a proof.",
    "tee-rex prove --out writes one.",
)
PROOF_HEADER_MISSING = PROOF_MALFORMED.says("The data is shorter than a proof's header of 4 bytes.")
PROOF_LENGTH_MISMATCH = PROOF_MALFORMED.says(
    "The header says {fields:,} fields, but the data has {count:,} bytes."
)
PROOF_FIELD_TOO_LARGE = PROOF_MALFORMED.says("A field is not below the scalar modulus.")
PROOF_OF_OTHER_TRANSACTION = PROOF_MALFORMED.says(
    "The proof has {found:,} fields, and one of this transaction ({generation}) has {expected:,}.",
    "Give the proof and the steps of the same transaction.",
)
PROOF_PARTS_MALFORMED = PROOF_MALFORMED.says("A part of the proof has an unexpected number of fields.")
PROOF_FIELD_LENGTH = PROOF_MALFORMED.says("A field does not have 32 bytes.")
PROOF_INVALID = ErrorKind(ProvingError, "PROOF_INVALID", "Invalid proof").says(
    "bb rejects the proof under the {setup} setup.",
    "The proof was changed, or made for another transaction, Aztec version or trusted setup.",
)
PROOF_INVALID_FROM_SERVER = PROOF_INVALID.says(
    "bb rejects the proof that {host} sent.",
    "The server is faulty or dishonest. Use another one, or prove on this computer.",
)
