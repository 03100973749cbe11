import assert from "node:assert/strict";
import { parseImageName } from "../../../components/model/imageName";

const DIGEST = `sha256:${"0f".repeat(32)}`;

describe("parseImageName", () => {
  const names: [string, { image: string; tag?: string }][] = [
    ["nginx", { image: "nginx" }],
    ["a:1", { image: "a", tag: "1" }],
    ["b/a:1", { image: "b/a", tag: "1" }],
    ["a".repeat(255), { image: "a".repeat(255) }],
    ["jupyter/scipy-notebook:latest", { image: "jupyter/scipy-notebook", tag: "latest" }],
    ["registry:5000/a/b", { image: "registry:5000/a/b" }],
    ["registry:5000/a/b:1.2_rc", { image: "registry:5000/a/b", tag: "1.2_rc" }],
    ["localhost/a", { image: "localhost/a" }],
    ["Registry.example.org/a__b/c--d.e", { image: "Registry.example.org/a__b/c--d.e" }],
    [`ghcr.io/lab/a@${DIGEST}`, { image: "ghcr.io/lab/a", tag: DIGEST }],
    [`ghcr.io/lab/a:1@${DIGEST}`, { image: "ghcr.io/lab/a", tag: DIGEST }],
  ];
  for (const [text, parts] of names) {
    it(`splits ${text.slice(0, 60)}`, () => {
      assert.deepEqual(parseImageName(text), parts);
    });
  }

  for (const text of [
    "",
    ":1",
    "DOCKER_IMAGE",
    "a b",
    "a:",
    "a:b:c",
    "a//b",
    "/a",
    "a/",
    "a_-b",
    "a@sha256:1",
    `a@${DIGEST}@${DIGEST}`,
    "a:-1",
    "https://ghcr.io/a",
    "a".repeat(256),
  ]) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
      assert.equal(parseImageName(text), undefined);
    });
  }
});
