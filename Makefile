# Every target is one command that CI or a developer runs; `make` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
GO ?= go
FUZZTIME ?= 20s

help: ## show this help
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/leat
	$(GO) build -o bin/leat ./cmd/leat

check: format vet lint test ## what CI runs, without the installs

format: ## fail when a file is not gofmt'ed
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	if [ -n "$$unformatted" ]; then echo "gofmt -w these files:"; echo "$$unformatted"; exit 1; fi

vet: ## go vet
	$(GO) vet ./...

lint: ## staticcheck, at the version go.mod pins
	$(GO) tool staticcheck ./...

generate: ## write the pages that are made from the code
	$(GO) test ./awsapi/kinesis -run TestTheCompatibilityPage -rewrite

test: ## all tests
	$(GO) test ./...

race: ## the tests of the concurrent packages under the race detector
	$(GO) test -race -short ./vfs/... ./shardlog/... ./awsapi/... ./pgwire/... ./delivery/... ./metastore/... ./blob/... ./warehouse ./redshift ./source/...

clients: e2e/clients/js/node_modules/.package-lock.json e2e/clients/java/target/built ## install the clients of the end-to-end tests
	python3 -m pip install --quiet --requirement e2e/clients/python/requirements.txt

e2e/clients/js/node_modules/.package-lock.json: e2e/clients/js/package-lock.json
	cd e2e/clients/js && npm ci --silent --no-audit --no-fund

e2e/clients/java/target/built: e2e/clients/java/pom.xml $(shell find e2e/clients/java/src -name '*.java')
	cd e2e/clients/java && mvn --quiet --batch-mode --no-transfer-progress compile
	touch $@

e2e: clients ## the end-to-end tests; psql must be there
	LEAT_E2E=required $(GO) test -count=1 ./e2e/...

fuzz: ## every fuzz target for FUZZTIME (20s) each
	@set -e; for package in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
	    echo "$$package $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package; \
	  done; done

bench: build ## the scenarios of leat bench
	bin/leat bench put
	bin/leat bench view
	bin/leat bench lake
	bin/leat bench chain
	bin/leat bench streams
	bin/leat bench fanout

microbench: ## Go benchmarks of the hot paths
	$(GO) test -run '^$$' -bench . -benchmem ./shardlog ./awsapi/... ./warehouse ./lake ./rowfile ./source/kpl

.PHONY: help build check generate format vet lint test race clients e2e fuzz bench microbench
