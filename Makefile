# `make` alone prints this list.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

BIN := bin/yiping
# Where `make demo` keeps the database, and extra flags for it, such as
# ARGS="--scale 0.05" or ARGS="--listen 0.0.0.0:8080".
DATA ?= var
ARGS ?=
# The tests of the program itself, by name: go test -tags e2e would run all others
# beside them again.
E2E := $(shell grep -l '^//go:build e2e' cmd/yiping/*_test.go tiles/*_test.go | xargs sed -n 's/^func \(Test[A-Za-z0-9]*\).*/\1/p' | paste -sd'|')
# One database server for all tests of a run.
TEST_DATA := .cache/test
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
PAGES := frontend/dist/index.html
NODE_MODULES := frontend/node_modules/.package-lock.json
GO_SOURCES := $(shell find cmd geo layers tiles heatmap stream frontend -name node_modules -prune -o \( -name '*.go' -o -name '*.sql' -o -name '*.yaml' -o -name '*.csv' -o -name '*.geojson' -o -name '*.json' \) -print 2>/dev/null)
PAGE_SOURCES := $(shell find frontend -path frontend/node_modules -prune -o -path frontend/dist -prune -o -path frontend/e2e -prune -o -type f ! -name '*.go' -print) $(wildcard docs/examples/*)

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z/]+:.*?## ' $(MAKEFILE_LIST) | awk -F':.*?## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.PHONY: demo
demo: setup/database build ## Generate the full city (once) and serve it at http://127.0.0.1:8080/
	$(BIN) --data $(DATA) demo $(ARGS)

.PHONY: build
build: $(BIN) ## Build bin/yiping with its pages

$(BIN): $(PAGES) $(GO_SOURCES) go.mod go.sum
	go build -trimpath -o $@ ./cmd/yiping

$(PAGES): $(NODE_MODULES) $(PAGE_SOURCES)
	npm --prefix frontend run build
	@touch $@

$(NODE_MODULES): frontend/package.json frontend/package-lock.json
	npm --prefix frontend ci --no-audit --no-fund

.PHONY: test
test: setup build test/pages test/race test/filters test/walks test/replay test/e2e ## Every test, as CI runs them (installs what is missing)

.PHONY: test/unit
test/unit: setup/database build ## Go tests without the race detector, and the page's unit tests
	npm --prefix frontend run test
	$(BIN) --data $(TEST_DATA) db -- bash -c 'YIPING_TEST_DB=$$YIPING_DB go test ./...'

.PHONY: test/race
test/race: setup/database build
	$(BIN) --data $(TEST_DATA) db -- bash -c 'YIPING_TEST_DB=$$YIPING_DB go test -race -shuffle=on -timeout 20m ./...'

.PHONY: test/filters
test/filters: setup/database build ## SQL and the matcher agree on a million random filters and rows
	$(BIN) --data $(TEST_DATA) db -- bash -c 'YIPING_TEST_DB=$$YIPING_DB YIPING_CQL2_CASES=1000000 go test -count=1 -run TestFiltersAgree ./layers/postgis'

.PHONY: test/walks
test/walks: ## Random walks of 10,000 steps: clients of live/1 hold what is there
	YIPING_TEST_STEPS=10000 go test -count=1 -run Walk ./stream

.PHONY: test/replay
test/replay: ## New Year's Eve at the Bund has its 420,000 visitors, and 77,000 at once
	YIPING_REPLAY_SCALE=1 go test -count=1 -run TestBund2019 ./heatmap/replay

.PHONY: test/pages
test/pages: $(NODE_MODULES)
	npm --prefix frontend run lint
	npm --prefix frontend run check
	npm --prefix frontend run test

.PHONY: test/e2e
test/e2e: setup build ## The program itself, with a small city, in a real browser
	go test -tags e2e -count=1 -timeout 20m -run '^($(E2E))$$' ./cmd/yiping ./tiles

.PHONY: bench
bench: setup/database build ## Benchmarks: Go packages, then the full load (ARGS="--scale 0.05" for a small one)
	$(BIN) --data $(TEST_DATA) db -- bash -c 'YIPING_TEST_DB=$$YIPING_DB go test -run ^$$ -bench . -benchmem ./...'
	rm -rf .cache/bench
	$(BIN) --data .cache/bench demo --no-serve --json $(ARGS)
	rm -rf .cache/bench

.PHONY: lint
lint: $(NODE_MODULES) ## Linters for Go and the pages
	go run $(GOLANGCI) run
	npm --prefix frontend run lint

.PHONY: fuzz
fuzz: ## Ten seconds of fuzzing for each decoder of outside bytes
	@go list ./... | while read -r package; do \
		go test -list '^Fuzz' "$$package" | grep '^Fuzz' | while read -r target; do \
			echo "== $$package $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime 10s "$$package"; \
		done || true; \
	done

.PHONY: clean
clean: ## Remove what was built; the data under var stays
	rm -rf bin .cache frontend/node_modules frontend/dist/*

.PHONY: setup
setup: setup/database setup/browser setup/gis $(NODE_MODULES)

.PHONY: setup/database
setup/database:
	@.ci/install database

.PHONY: setup/browser
setup/browser:
	@.ci/install browser

.PHONY: setup/gis
setup/gis:
	@.ci/install gis
