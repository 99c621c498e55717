"""A backend around another that keeps what it proved, so that every proof can be verified again."""

from __future__ import annotations

from support.local_prover import is_valid
from tee_rex.transaction.events import ProofListener
from tee_rex.transaction.request import ProofRequest, ProofResult, ProverBackend


class RecordingBackend(ProverBackend):
    """Proves as ``inner`` does."""

    def __init__(self, inner: ProverBackend) -> None:
        """Nothing is proved yet."""
        self.inner = inner
        self.proved: list[tuple[ProofRequest, ProofResult]] = []

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        """Prove, and keep it."""
        result = await self.inner.prove(request, listener)
        self.proved.append((request, result))
        return result

    async def close(self) -> None:
        """Close the inner one."""
        await self.inner.close()

    async def verdicts(self) -> list[bool]:
        """Whether each proof is valid for its own steps."""
        return [await is_valid(result.proof, request) for request, result in self.proved]
