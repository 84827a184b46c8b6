# Each target sets up what it needs; the work is in infra/build. Ctrl-C stops everything a target started.
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: build test test-all azure demo run bench clean help

build: ## build everything and print the path of the serverlesssync program
	@infra/build/build.sh

test: ## build, run every test; the last line is the sum (ONLY=part of a name runs some assemblies)
	@infra/build/test.sh

test-all: ## the same with the long sweeps in full
	@SWEEP=full infra/build/test.sh

azure: ## build the projects for Azure and run their tests
	@infra/build/azure.sh test

demo: ## the sample world to its end, verified (STORE=, STOP=scim|postgresql, DEADLINE=seconds)
	@infra/build/demo.sh

run: ## the sample world, kept serving on 127.0.0.1:7071 (STORE=, PLAY=1 plays the sample data)
	@infra/build/demo.sh serve

bench: ## benchmarks (FILTER=beginning of a name)
	@infra/build/bench.sh

clean: ## remove what builds and tests made
	@infra/build/clean.sh

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

export STORE STOP PLAY DEADLINE FILTER ONLY
