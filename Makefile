# Every command prints its progress, and on failure the next command to try.
SHELL := /bin/sh
STACK ?= dev
NODE := node --import tsx
export STACK

.PHONY: help up preview refresh destroy recover deploy clean cluster down test test-full charts endpoint bench docs check format
help: ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

node_modules/.package-lock.json: package.json package-lock.json components/package.json .npmrc
	@echo "Installing packages (npm ci)"
	@npm ci --no-progress --loglevel=error
	@touch $@

deps: node_modules/.package-lock.json
.PHONY: deps

# Stacks other than these stand on clusters of your own.
STAND_STACKS := dev federation
stand: deps
	@$(if $(filter $(STACK),$(STAND_STACKS)),$(NODE) local/up.ts,$(NODE) local/tools.ts pulumi pulumi-resource-kubernetes)
.PHONY: stand

up: stand ## Set everything up and run the stack: make up [STACK=dev] [YES=1]
	@$(NODE) cli/engine.ts up $(if $(YES),--yes)

preview: stand ## What `make up` would change; fails on a destructive change (ALLOW_REPLACE=<urn> names one)
	@$(NODE) cli/engine.ts preview

refresh: stand ## Read the live state of what the stack holds
	@$(NODE) cli/engine.ts refresh

destroy: stand ## Remove what the stack made; data stays and is listed
	@$(NODE) cli/engine.ts destroy

recover: stand ## After an interrupted run: unlock, look at the cluster, run again
	@$(NODE) cli/engine.ts recover $(if $(YES),--yes)

VARS ?= infra/.tfvars
deploy: deps ## A cluster on EKS from the variables of Covalent's Terraform: make deploy [VARS=infra/.tfvars] [YES=1]
	@$(NODE) cli/deploy.ts up $(VARS) $(if $(YES),--yes)

clean: deps ## Remove what `make deploy` made; the bucket stays
	@$(NODE) cli/deploy.ts clean $(VARS)

cluster: deps ## Start the embedded cluster
	@$(NODE) local/up.ts

down: deps ## Stop the embedded cluster
	@$(NODE) local/down.ts

endpoint: cluster ## Run the REST endpoint on the embedded cluster, with a login of its own: make endpoint [PORT=8765]
	@$(NODE) endpoint/local/run.ts

test: deps ## Set everything up and run every test
	@$(NODE) local/tools.ts helm
	@$(NODE) local/up.ts --clusters 2
	@$(MAKE) --no-print-directory check
	@npx mocha 'test/**/*.test.ts'

test-full: deps ## The tests with the full counts
	@$(NODE) local/tools.ts helm
	@$(NODE) local/up.ts --clusters 2
	@FULL=1 FULL_PAGE=1 npx mocha 'test/**/*.test.ts'

bench: deps ## Compare with helm, a bare program and raw server-side apply
	@$(NODE) local/up.ts --clusters 2
	@$(NODE) bench/run.ts

charts: deps ## Fill a folder with the charts: make charts [FOLDER=./charts]
	@HELM=$$($(NODE) local/tools.ts helm | awk '$$1 == "helm" { print $$NF }') $(NODE) cli/charts.ts $(FOLDER)

docs: deps ## Write the generated pages of docs/
	@$(NODE) docs/generate.ts
	@$(NODE) endpoint/generate.ts

check: deps ## Format, types, lint, dead code
	@npm run --silent check

format: deps ## Format the tree
	@npm run --silent format
