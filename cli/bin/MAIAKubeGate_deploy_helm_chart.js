#!/usr/bin/env node
"use strict";
// MAIAKubeGate's own command: `MAIAKubeGate_deploy_helm_chart --config-file FILE` means `up`.
import("tsx").then(() => {
  const { main } = require("../workspace.ts");
  return main(["up", ...process.argv.slice(2)]);
});
