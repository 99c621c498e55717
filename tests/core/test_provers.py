from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import MagicMock

import pytest

import tee_rex
from support.errors import raises
from support.remote_client import BUILD, no_bb_here, now, small_request
from support.scripted_server import SOME_PROOF
from tee_rex.attestation.builds import ExpectedPcrs
from tee_rex.errors import ErrorKind, TeeRexError
from tee_rex.errors.catalogue.attestation import POLICY_MISSING
from tee_rex.errors.catalogue.proving import MODE_NOT_CONFIGURED, PROOF_TIMED_OUT, SERVER_PROOF_TIMED_OUT
from tee_rex.errors.catalogue.ultra_honk import CIRCUITS_ONLY_LOCAL
from tee_rex.local.backend import LocalBackend
from tee_rex.provers import (
    SERVER_TIME_LIMIT,
    Prover,
    ProverConfig,
    build_prover,
    make_backend,
    make_circuit_prover,
)
from tee_rex.remote.client import RemoteBackend
from tee_rex.remote.trust import AttestedKey, PinnedKey, TrustOnFirstUse
from tee_rex.settings.file import ApprovedBuild, AttestationSettings, ProverSpeed, SettingsFile
from tee_rex.settings.resolve import Settings
from tee_rex.system.threads import usable_cores
from tee_rex.transaction.events import ProofListener, ProofTimings
from tee_rex.transaction.request import ProofRequest, ProofResult, ProverBackend, ProvingMode

URL = "https://prover.example"


class Backend(ProverBackend):
    """Proves at once, or never."""

    def __init__(self, mode: ProvingMode, *, stuck: bool = False) -> None:
        self.mode = mode
        self.stuck = stuck
        self.proving = self.closed = False

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        self.proving = True
        try:
            await asyncio.sleep(60 if self.stuck else 0)
        finally:
            self.proving = False
        timings = ProofTimings((), None, 0.0, 0.0, ())
        return ProofResult(SOME_PROOF, self.mode, request.setup, request.version, None, None, timings, None)

    async def close(self) -> None:
        self.closed = True


class Backends:
    """Notes which backends were made."""

    def __init__(self) -> None:
        self.made: list[Backend] = []

    def __call__(self, mode: ProvingMode) -> Backend:
        self.made.append(Backend(mode))
        return self.made[-1]


async def test_the_mode_is_switched_between_proofs_and_each_backend_made_once() -> None:
    backends = Backends()
    async with Prover(backends, ProvingMode.LOCAL) as prover:
        assert [backend.mode for backend in backends.made] == [ProvingMode.LOCAL]
        for mode in (ProvingMode.TEE, ProvingMode.LOCAL, ProvingMode.TEE):
            prover.mode = mode
            assert (await prover.prove(small_request())).mode is prover.mode is mode
        assert not any(backend.closed for backend in backends.made)
    assert [(backend.mode, backend.closed) for backend in backends.made] == [
        (ProvingMode.LOCAL, True),
        (ProvingMode.TEE, True),
    ]


async def test_a_switch_does_not_touch_the_proof_that_runs() -> None:
    prover = Prover(Backend, ProvingMode.TEE)
    running = asyncio.create_task(prover.prove(small_request()))
    await asyncio.sleep(0)
    prover.mode = ProvingMode.REMOTE
    assert (await running).mode is ProvingMode.TEE


def test_a_mode_without_an_address_is_refused_when_chosen_and_nothing_is_put_in_its_place() -> None:
    prover = build_prover(ProverConfig(no_bb_here(), prover_url=URL), ProvingMode.REMOTE)
    with raises(MODE_NOT_CONFIGURED):
        prover.mode = ProvingMode.TEE
    assert prover.mode is ProvingMode.REMOTE
    prover.mode = ProvingMode.LOCAL
    with raises(MODE_NOT_CONFIGURED):
        build_prover(ProverConfig(no_bb_here()), ProvingMode.REMOTE)


@pytest.mark.parametrize("mode", [ProvingMode.REMOTE, ProvingMode.TEE])
def test_no_server_and_no_enclave_gets_a_noir_circuit(mode: ProvingMode) -> None:
    config = ProverConfig(no_bb_here(), prover_url=URL, tee_url=URL)
    with raises(CIRCUITS_ONLY_LOCAL, match=f"{mode} mode proves transactions"):
        make_circuit_prover(config, mode)


def test_no_approved_build_is_refused_when_tee_mode_is_chosen() -> None:
    with raises(POLICY_MISSING):
        build_prover(ProverConfig(no_bb_here(), tee_url=URL, approved_builds=()), ProvingMode.TEE)


@pytest.mark.parametrize(
    ("mode", "kind", "advice"),
    [(ProvingMode.LOCAL, PROOF_TIMED_OUT, "threads"), (ProvingMode.TEE, SERVER_PROOF_TIMED_OUT, "server")],
)
async def test_the_time_limit_ends_the_proof(
    mode: ProvingMode, kind: ErrorKind[TeeRexError], advice: str
) -> None:
    backend = Backend(mode, stuck=True)
    prover = Prover(lambda _mode: backend, mode)
    with raises(kind, match="Timed out after 0.01 s") as raised:
        await prover.prove(small_request(), time_limit=0.01)
    assert advice in raised.value.hint
    assert ("threads" in raised.value.hint) is (mode is ProvingMode.LOCAL)
    assert not backend.proving


@pytest.mark.parametrize(
    ("mode", "given", "limit"),
    [
        (ProvingMode.LOCAL, None, None),
        (ProvingMode.REMOTE, None, SERVER_TIME_LIMIT),
        (ProvingMode.TEE, None, SERVER_TIME_LIMIT),
        (ProvingMode.TEE, 7.0, 7.0),
    ],
)
async def test_only_servers_have_a_limit_unless_one_is_given(
    mode: ProvingMode, given: float | None, limit: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeout = MagicMock(wraps=asyncio.timeout)
    monkeypatch.setattr(asyncio, "timeout", timeout)
    await Prover(Backend, mode).prove(small_request(), time_limit=given)
    timeout.assert_called_once_with(limit)


def trust_of(config: ProverConfig, mode: ProvingMode) -> object:
    backend = make_backend(config, mode)
    assert isinstance(backend, RemoteBackend)
    return backend._trust


def test_the_config_decides_what_a_key_is_trusted_by() -> None:
    config = ProverConfig(no_bb_here(), prover_url=URL, tee_url=URL, now=now)
    assert isinstance(trust_of(config, ProvingMode.REMOTE), TrustOnFirstUse)
    pinned = trust_of(replace(config, server_key="AB" * 20), ProvingMode.REMOTE)
    assert pinned == PinnedKey("ab" * 20, now)
    strict = trust_of(config, ProvingMode.TEE)
    assert isinstance(strict, AttestedKey)
    assert strict.builds == tee_rex.ExpectedPcrs.shipped()
    assert (strict.nonce_required, strict.max_age) == (True, timedelta(minutes=5))
    own = replace(config, approved_builds=(BUILD,), nonce_required=False, max_age=timedelta(seconds=1))
    loose = trust_of(own, ProvingMode.TEE)
    assert isinstance(loose, AttestedKey)
    assert (loose.builds, loose.nonce_required, loose.max_age) == ((BUILD,), False, timedelta(seconds=1))


def test_settings_become_a_config() -> None:
    build = ApprovedBuild("mine", "07" * 48)
    written = SettingsFile(
        prover_url=URL,
        tee_url=URL + "/tee",
        server_key="ab" * 20,
        prover_speed=ProverSpeed.QUARTER,
        memory_limit_mb=600,
        attestation=AttestationSettings(60, nonce_required=False, builds=(build,)),
    )
    settings = Settings.decide(written, flags={}, environ={}, origin="file")
    config = ProverConfig.from_settings(settings, no_bb_here())
    assert (config.prover_url, config.tee_url, config.server_key) == (URL, URL + "/tee", "ab" * 20)
    assert config.threads == ProverSpeed.QUARTER.threads(usable_cores())
    assert config.memory_limit == 600_000_000
    assert config.approved_builds == (*tee_rex.ExpectedPcrs.shipped(), ExpectedPcrs.of(build))
    assert (config.nonce_required, config.max_age) == (False, timedelta(seconds=60))
    unset = Settings.decide(SettingsFile(), flags={}, environ={}, origin="file")
    assert ProverConfig.from_settings(unset, no_bb_here()) == ProverConfig(
        no_bb_here(), threads=usable_cores()
    )


def test_the_library_is_what_the_package_names() -> None:
    stub = Path(tee_rex.__file__).with_suffix(".pyi").read_text()
    assert set(re.findall(r"import \w+ as (\w+)$", stub, re.MULTILINE)) == set(tee_rex.__all__)
    for name in tee_rex.__all__:
        assert getattr(tee_rex, name) is not None
    local = tee_rex.local_prover(no_bb_here(), threads=3)
    assert isinstance(local._backends[ProvingMode.LOCAL], LocalBackend)
    assert tee_rex.remote_prover(no_bb_here(), URL).mode is ProvingMode.REMOTE
    assert tee_rex.enclave_prover(no_bb_here(), URL).mode is ProvingMode.TEE
    with pytest.raises(AttributeError):
        tee_rex.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_the_package_loads_nothing_before_a_name_is_used() -> None:
    program = (
        "import sys, tee_rex; "
        "assert not [name for name in sys.modules if name.startswith('tee_rex.')]; "
        "tee_rex.local_prover; "
        "assert not {'httpx2', 'cryptography', 'tee_rex.remote', 'tee_rex.attestation'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parent)
