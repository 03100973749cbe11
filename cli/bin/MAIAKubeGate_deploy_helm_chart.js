#!/usr/bin/env node
"use strict";
// MAIAKubeGate's own command: `MAIAKubeGate_deploy_helm_chart --config-file FILE` means `up`.
require("tsx/cjs");
const { main } = require("../workspace.ts");

void main(["up", ...process.argv.slice(2)]);
