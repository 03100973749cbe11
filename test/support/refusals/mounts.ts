/** Claims and files: what is refused. */
import { refusal, volume, VOLUME } from "./spoil";

export const MOUNTS_REFUSALS = [
  refusal(
    "access-mode",
    /\.access_mode: not an access mode/,
    [{ access_mode: "ReadWrite" }, { access_mode: "" }],
    volume,
  ),
  refusal(
    "storage",
    /\.pvc_type: (empty|not a name)/,
    [{ pvc_type: "" }, { pvc_type: "STORAGE_CLASS" }],
    volume,
  ),
  refusal(
    "size",
    /\.size: (not a quantity|too little)/,
    [{ size: "VOLUME_SIZE" }, { size: 100 }, { size: "-1Gi" }],
    volume,
  ),
  refusal(
    "system-path",
    /mountPath: (a system path|reserved)/,
    [
      "/",
      "/etc",
      "/etc/app",
      "/proc/1",
      "/sys",
      "/dev/shm",
      "/var/run/secrets",
      "/usr",
      "/bin/",
    ].map((mountPath) => ({ mountPath })),
    volume,
  ),
  refusal(
    "path",
    /mountPath: (not an absolute path|a path )/,
    ["data", "", "/data/../etc", "/a//b", "/a:b"].map((mountPath) => ({ mountPath })),
    volume,
  ),
  refusal(
    "file-path",
    /mount_files[^:]*\[1\]: a (system path|folder)/,
    ["/etc/passwd", "/usr/bin/env", "/home", "/opt/files/"],
    (config, value) => ({
      ...config,
      mount_files: { "a.json": ["settings.json", value] },
    }),
  ),
  refusal("file-name", /mount_files[^:]*: not a name/, ["..", "a/b", ""], (config, name) => ({
    ...config,
    mount_files: { [String(name)]: ["settings.json", "/opt/a.json"] },
  })),
  refusal(
    "mounted-twice",
    /mountPath: mounted twice/,
    ["/data", "/data/"],
    (config, mountPath) => ({
      ...config,
      persistent_volume: [VOLUME, { ...VOLUME, mountPath }],
    }),
  ),
  refusal("below-a-file", /mountPath: below /, ["/opt/a/b"], (config, mountPath) => ({
    ...volume(config, { mountPath }),
    mount_files: { a: ["settings.json", "/opt/a"] },
  })),
  refusal(
    "claim",
    /existing_persistent_volume\[0\]\.name: not a name/,
    ["EXISTING_PVC_NAME", "a_b", ""],
    (config, name) => ({
      ...config,
      existing_persistent_volume: [{ name, mountPath: "/mnt/x" }],
    }),
  ),
  refusal(
    "own-claim",
    /existing_persistent_volume\[0\]\.name: the claim that/,
    ["a-mkg-claim-0"],
    (config, name) => ({
      ...config,
      chart_name: "a",
      persistent_volume: [VOLUME],
      existing_persistent_volume: [{ name, mountPath: "/mnt/x" }],
    }),
  ),
] as const;
