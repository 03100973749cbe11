/** The Go toolchain that builds what nobody offers ready-made. */
import { lastLines, run } from "./run";

/** The oldest Go that the pinned modules build with. */
const OLDEST_GO = { major: 1, minor: 26 };

/** Long enough for Go to fetch the toolchain that `go.mod` asks for. */
const TOOLCHAIN_TIMEOUT = 5 * 60_000;

/** No Go, or one that is too old; the message is one sentence with the remedy. */
class GoMissingError extends Error {
  override readonly name = "GoMissingError";
}

/**
 * The environment to build a module with.
 *
 * @param folder the module: an older Go may fetch the toolchain that its `go.mod` asks for (`GOTOOLCHAIN=auto`).
 * @param purpose the programs to build, for the message.
 * @throws GoMissingError when no suitable Go runs.
 */
export async function goEnvironment(
  folder: string,
  purpose: string,
  env: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> {
  // A workspace file above the repository must not decide which versions are built.
  const go = { ...env, GOWORK: "off" };
  const options = { cwd: folder, env: go, timeout: TOOLCHAIN_TIMEOUT };
  const { code, output } = await run("go", ["env", "GOVERSION"], options);
  if (code !== 0 || !isRecent(output)) {
    const found = await installed(go);
    if (found !== undefined && isRecent(`go${found}`)) {
      throw new Error(`Go ${found} does not accept ${folder}:\n${lastLines(output)}`);
    }
    throw new GoMissingError(remedy(purpose, found));
  }
  // With cgo the build needs a C compiler and the C library's headers. Not every machine with a `cc` has them.
  const cgo = await run("go", ["build", "runtime/cgo"], options);
  return cgo.code === 0 ? go : { ...go, CGO_ENABLED: "0" };
}

/** The version of the Go on PATH itself, whatever `go.mod` asks for; undefined without one. */
async function installed(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { code, stdout } = await run("go", ["version"], {
    env: { ...env, GOTOOLCHAIN: "local" },
    timeout: 10_000,
  });
  return code === 0 ? /go(\d+\.\d+[\w.]*)/.exec(stdout)?.[1] : undefined;
}

function isRecent(text: string): boolean {
  const version = /go(\d+)\.(\d+)/.exec(text);
  const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
  return major > OLDEST_GO.major || (major === OLDEST_GO.major && minor >= OLDEST_GO.minor);
}

function remedy(purpose: string, found: string | undefined): string {
  const wanted = `Go ${OLDEST_GO.major}.${OLDEST_GO.minor} or later`;
  const reason = found === undefined ? "there is none on PATH" : `the one on PATH is ${found}`;
  return `${wanted} is needed to build ${purpose}, and ${reason}: install it, or use minikube instead (make up STACK=minikube).`;
}
