import assert from "node:assert/strict";
import { certManagerValues } from "../../../components/model/certManagerValues";

const SETTINGS = { keepCrds: true, startupCheck: false, gatewayApi: false };

describe("values of cert-manager's chart", () => {
  it("are the CRDs and the chart's own check, and no more", () => {
    assert.deepEqual(certManagerValues(SETTINGS), {
      crds: { enabled: true, keep: true },
      startupapicheck: { enabled: false },
    });
    assert.deepEqual(certManagerValues({ ...SETTINGS, keepCrds: false, startupCheck: true }), {
      crds: { enabled: true, keep: false },
      startupapicheck: { enabled: true, timeout: "5m" },
    });
  });

  it("tell the controller of the Gateway API where an issuer needs it", () => {
    assert.deepEqual(certManagerValues({ ...SETTINGS, gatewayApi: true })["config"], {
      apiVersion: "controller.config.cert-manager.io/v1alpha1",
      kind: "ControllerConfiguration",
      enableGatewayAPI: true,
    });
  });

  it("give way to the user's", () => {
    const values = certManagerValues(
      { ...SETTINGS, gatewayApi: true },
      { crds: { enabled: false }, config: { logging: { format: "json" } } },
    );
    assert.deepEqual(values["crds"], { enabled: false, keep: true });
    assert.deepEqual(values["config"], {
      apiVersion: "controller.config.cert-manager.io/v1alpha1",
      kind: "ControllerConfiguration",
      enableGatewayAPI: true,
      logging: { format: "json" },
    });
  });
});
