"""The steps of one request, read as its body arrives, so that their proof can begin before its end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tee_rex.errors import TeeRexError
from tee_rex.transaction.generations import generation_of
from tee_rex.transaction.request import ProofRequest, StreamedRequest
from tee_rex.transaction.steps import ExecutionStep, ExecutionSteps, StepsReader, unnamed_kinds
from tee_rex.transaction.trusted_setup import TrustedSetup

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tee_rex.transaction.generations import KnownCircuits
    from tee_rex.transaction.versions import AztecVersion


class Upload:
    """Steps that arrive: :meth:`read` takes the body, and meanwhile :meth:`request` is awaited and proved.

    A proof can begin with the first circuit that is in the tables, which tells setup and generation, and with
    the count at the head of the list. Steps of v6 name their kinds, all of which bb wants to know first: they
    are proved when all are there, as are those whose circuits no table has.
    """

    def __init__(self, circuits: KnownCircuits) -> None:
        """circuits: those that are known."""
        self._circuits = circuits
        self._reader = StepsReader()
        self._steps: list[ExecutionStep] = []
        self._complete = False
        self._failure: TeeRexError | None = None
        self._stream: StreamedRequest | None = None
        self._changed = asyncio.Event()

    async def read(self, body: AsyncIterator[bytes]) -> None:
        """Read all of it; raises what ``body`` does.

        Steps that cannot be read, or proved, end the proof, and nothing after them is kept.
        """
        async for part in body:
            if self._failure is None:
                self._take(part)
        if self._failure is None:
            self._end()

    async def request(self, asserted: AztecVersion | None) -> ProofRequest:
        """What to prove, as soon as it is known; raises an InputError for what has arrived so far.

        asserted: the version that the client names.
        """
        try:
            return await self._request(asserted)
        except TeeRexError as error:
            self._fail(error)
            raise error from None

    async def _request(self, asserted: AztecVersion | None) -> ProofRequest:
        while self._failure is None:
            if self._complete:
                return ProofRequest.recognised(
                    ExecutionSteps.of(self._steps), asserted_version=asserted, circuits=self._circuits
                )
            if (stream := self._begun(asserted)) is not None:
                self._stream, self._steps = stream, []
                return stream.request
            self._changed.clear()
            await self._changed.wait()
        raise self._failure

    def _begun(self, asserted: AztecVersion | None) -> StreamedRequest | None:
        """A request of what has arrived; None while too little has, or for steps that must be complete."""
        count = self._reader.count
        for index, step in enumerate(self._steps):
            circuit = self._circuits.recognise(step.verification_key)
            if circuit is None or count is None:
                continue
            version = asserted or circuit.generation.default
            declares_setup = circuit.setup is TrustedSetup.GENUINE or index == 1
            if (
                circuit.generation.steps_name_kinds
                or generation_of(version) != circuit.generation
                or not declares_setup
            ):
                return None
            stream = StreamedRequest(unnamed_kinds(count), circuit.setup, version, self._circuits)
            for at, one in enumerate(self._steps):
                stream.add(at, one)
            return stream
        return None

    def _take(self, part: bytes) -> None:
        try:
            for step in self._reader.read(part):
                if self._stream is None:
                    self._steps.append(step)
                else:
                    self._stream.add(len(self._stream.request.steps.steps), step)
        except TeeRexError as error:
            self._fail(error)
        self._changed.set()

    def _end(self) -> None:
        try:
            self._reader.end()
            if self._stream is not None:
                self._stream.end()
        except TeeRexError as error:
            self._fail(error)
        self._complete = True
        self._changed.set()

    def _fail(self, error: TeeRexError) -> None:
        """End the proof; a traceback's frames would keep the steps."""
        error.__context__ = error.__cause__ = error.__traceback__ = None
        self._failure = error
        self._steps = []
        if self._stream is not None:
            self._stream.fail(error)
