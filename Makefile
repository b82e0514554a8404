# Everything a person or a pipeline does here. `make` alone lists it.

CARGO ?= cargo
OUT   ?= out
BIN   := target/debug
VENV  := target/openapi-venv
FUZZ  := target/fuzz-venv

# Those that are printed.
EDITIONS := 2024-06 2025-09 2026-05

# The clients in examples/clients.
CLIENTS ?= python node shell rust

.PHONY: help demo certify-examples matrix serve test browser screens check check-openapi fuzz-api docs bench certs clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

demo: ## run the eleven steps against the mock and print each verdict
	@$(CARGO) build --locked --quiet -p mock-server -p conformance
	@$(BIN)/conformance run --target mock --trace $(OUT)/runner-trace.jsonl \
		--mock-trace $(OUT)/mock-trace.jsonl --report $(OUT)/report.json
	@echo "To look around, run make serve and open the dashboard: http://127.0.0.1:8440"

certify-examples: ## certify the example clients in real time, and verify their records offline
	@$(CARGO) build --locked --quiet -p mock-server -p conformance -p merchant-example
	@test -f $(OUT)/keys/certifier.key || $(BIN)/conformance key --out $(OUT)/keys
	@for client in $(CLIENTS); do echo "$$client"; \
	$(BIN)/conformance certify examples/clients/$$client/certify.toml \
		--key $(OUT)/keys/certifier.key --out $(OUT)/certify/$$client || exit; \
	$(BIN)/conformance verify $(OUT)/certify/$$client/record.json \
		$(OUT)/certify/$$client/trace.jsonl --key $(OUT)/keys/certifier.pub || exit; done

matrix: ## run every edition under every reading against the mock and print a table
	@$(CARGO) build --locked --quiet -p mock-server -p conformance
	@$(BIN)/conformance matrix --report $(OUT)/matrix.json --markdown $(OUT)/matrix.md \
		--traces $(OUT)/matrix

serve: ## start the mock on its usual ports, http://127.0.0.1:8440 to look; Ctrl-C stops it
	@$(CARGO) build --locked --quiet -p mock-server
	@$(BIN)/mock-server serve

test: ## run every test
	@command -v openssl >/dev/null || echo "note: no openssl command, so two tests look at nothing"
	@command -v curl >/dev/null || echo "note: no curl command, so the tests of ci/ look at nothing"
	@$(CARGO) test --locked -p mock-server --doc --quiet
	@command -v chromedriver >/dev/null && test -f target/axe/package/axe.min.js \
		|| echo "note: no browser or checker, so its tests look at nothing; make browser fetches both"
	@if $(CARGO) nextest --version >/dev/null 2>&1; \
	then $(CARGO) nextest run --locked --workspace --no-fail-fast; \
	else $(CARGO) test --locked --workspace --no-fail-fast --lib --bins --tests; fi

browser: ## fetch Chromium (apt) and axe-core (npm registry) for the browser tests
	@browser/fetch.sh

screens: browser ## take a picture of every page at 1440 and 360 pixels, into out/screens
	@$(CARGO) build --locked --quiet -p browser
	@$(BIN)/screens $(OUT)/screens

check: ## formatting, lints and documentation
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets --quiet -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --workspace --no-deps --quiet

check-openapi: ## a second validator's opinion on the OpenAPI documents (Python, from PyPI)
	@test -x $(VENV)/bin/python || python3 -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check openapi-spec-validator==0.9.0
	@$(VENV)/bin/openapi-spec-validator --schema 3.1 docs/openapi/*.json

fuzz-api: ## let schemathesis send the mock what its OpenAPI documents allow and forbid (PyPI)
	@$(CARGO) build --locked --quiet -p mock-server
	@test -x $(FUZZ)/bin/python || python3 -m venv $(FUZZ)
	@$(FUZZ)/bin/pip install --quiet --disable-pip-version-check schemathesis==4.32.5
	@$(FUZZ)/bin/python conformance/fuzz-api/run.py $(abspath $(BIN)/mock-server) \
		$(abspath $(FUZZ)/bin/schemathesis) $(abspath target/fuzz-api) $(EDITIONS)

docs: ## print docs/openapi, contract.md, kill-matrix.md and the schemas anew
	@$(CARGO) build --locked --quiet -p mock-server -p conformance
	@$(BIN)/conformance list --kills > docs/kill-matrix.md
	@$(BIN)/conformance list --kills --clients > docs/client-kill-matrix.md
	@for edition in $(EDITIONS); \
	do $(BIN)/mock-server spec openapi $$edition > docs/openapi/$$edition.json || exit; done
	@$(BIN)/mock-server spec contract > docs/contract.md
	@$(BIN)/mock-server spec scenario-schema > scenarios/schema.json
	@$(BIN)/conformance report schema > docs/report.schema.json

bench: ## compare the mock's speed with a bare server's, in one run
	@$(CARGO) build --locked --quiet --release -p mock-server -p conformance -p bench
	@target/release/bench

certs: ## mint the certificates if need be and list them
	@$(CARGO) build --locked --quiet -p mock-server
	@$(BIN)/mock-server certs

clean: ## remove what was built and written; the certificates stay
	$(CARGO) clean
	rm -rf $(OUT)
