"""The names of the library, for type checkers; they load when first used (see ``__init__.py``)."""

from tee_rex.attestation.builds import ExpectedPcrs as ExpectedPcrs
from tee_rex.errors import AttestationError as AttestationError
from tee_rex.errors import TeeRexError as TeeRexError
from tee_rex.local.downloading import DownloadingInstallation as DownloadingInstallation
from tee_rex.local.installation import Installation as Installation
from tee_rex.provers import Prover as Prover
from tee_rex.provers import ProverConfig as ProverConfig
from tee_rex.provers import build_prover as build_prover
from tee_rex.provers import enclave_prover as enclave_prover
from tee_rex.provers import local_prover as local_prover
from tee_rex.provers import read_request as read_request
from tee_rex.provers import remote_prover as remote_prover
from tee_rex.provers import this_machine as this_machine
from tee_rex.provers import verify as verify
from tee_rex.system.progress import TaskProgress as TaskProgress
from tee_rex.transaction.events import AttestationExamined as AttestationExamined
from tee_rex.transaction.events import BytesSent as BytesSent
from tee_rex.transaction.events import CircuitEnded as CircuitEnded
from tee_rex.transaction.events import CircuitStarted as CircuitStarted
from tee_rex.transaction.events import FinalProofStarted as FinalProofStarted
from tee_rex.transaction.events import PhaseEnded as PhaseEnded
from tee_rex.transaction.events import PhaseStarted as PhaseStarted
from tee_rex.transaction.events import ProofEvent as ProofEvent
from tee_rex.transaction.events import ProofListener as ProofListener
from tee_rex.transaction.events import QueuePosition as QueuePosition
from tee_rex.transaction.events import RetryScheduled as RetryScheduled
from tee_rex.transaction.events import ServerAnswered as ServerAnswered
from tee_rex.transaction.events import ServerSilent as ServerSilent
from tee_rex.transaction.proof import ChonkProof as ChonkProof
from tee_rex.transaction.request import ProofRequest as ProofRequest
from tee_rex.transaction.request import ProofResult as ProofResult
from tee_rex.transaction.request import ProvingMode as ProvingMode
from tee_rex.transaction.steps import ExecutionSteps as ExecutionSteps

__version__: str

__all__: list[str]
