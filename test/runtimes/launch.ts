/** Starts a runtime with the bundled cases, and returns what they told. What is started here is stopped here. */
import { spawn, type ChildProcess } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { createInterface } from "node:readline"
import type { Readable } from "node:stream"
import { runCommand } from "../../tooling/run-command.ts"
import { chromiumPath } from "../fixtures/chromium-path.ts"
import { installedBinary, type Found } from "./installed-binary.ts"
import type { CaseResult, Config } from "./runtime-case.ts"
import type { Runtime } from "./runtime-list.ts"

/** What the cases told, or why the runtime could not be started. */
export type Launched =
  | { readonly results: ReadonlyArray<CaseResult> }
  | { readonly problem: string }
  | { readonly unavailable: string }

/** One launch: a folder of its own with the program in it. */
export interface Launch {
  readonly runtime: Runtime
  readonly config: Config
  readonly folder: string
  readonly program: string
}

const patienceMs = 150_000

const resultsOf = (text: string): ReadonlyArray<CaseResult> =>
  text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as CaseResult) // what the programs write

/** Nothing of the caller's own settings reaches the cases, and no runtime looks for updates. */
const environment = (folder: string) => ({
  ...Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => name.startsWith("CLARIFAI_"))
      .map((name) => [name, undefined])
  ),
  NODE_OPTIONS: undefined,
  DENO_DIR: join(folder, "deno"),
  DENO_NO_UPDATE_CHECK: "1",
  DO_NOT_TRACK: "1"
})

const inProcess = async (binary: string, { config, folder, program, runtime }: Launch): Promise<Launched> => {
  const args = [...(runtime.args ?? []), program, JSON.stringify(config)]
  const { code, output, stdout } = await runCommand(binary, args, {
    cwd: folder,
    env: environment(folder),
    timeoutMs: patienceMs
  })
  return code === 0 ? { results: resultsOf(stdout) } : { problem: `it ended with ${code}\n${output.slice(-3000)}` }
}

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = new Promise<void>((done) => child.once("close", () => done()))
  child.kill("SIGTERM")
  const timer = setTimeout(() => child.kill("SIGKILL"), 5000)
  await closed
  clearTimeout(timer)
}

const workerdConfig = ({ compatibility }: Runtime): string => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "cases", worker = (
      modules = [(name = "program.mjs", esModule = embed "program.mjs")],
      compatibilityDate = "${compatibility?.date}",
      compatibilityFlags = [${(compatibility?.flags ?? []).map((flag) => `"${flag}"`).join(", ")}],
      globalOutbound = "this machine"
    )),
    (name = "this machine", network = (allow = ["local", "private"], tlsOptions = (trustBrowserCas = true)))
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "cases")]
);
`

/** Keeps the end of what a process writes. */
const wordsOf = (...streams: ReadonlyArray<Readable | null>) => {
  let words = ""
  for (const stream of streams)
    stream?.on("data", (chunk: Buffer) => (words = `${words}${chunk.toString()}`.slice(-3000)))
  return () => words
}

/** Rejects when the process ends before the promise does, or after the patience. */
const whileRunning = async <A>(child: ChildProcess, promise: Promise<A>, words: () => string): Promise<A> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        child.once("error", reject)
        child.once("exit", (code, signal) => reject(new Error(`it ended with ${code ?? signal}\n${words()}`)))
        timer = setTimeout(() => reject(new Error(`no results within ${patienceMs} ms\n${words()}`)), patienceMs)
      })
    ])
  } finally {
    clearTimeout(timer)
  }
}

const inWorker = async (binary: string, { config, folder, runtime }: Launch): Promise<Launched> => {
  writeFileSync(join(folder, "workerd.capnp"), workerdConfig(runtime))
  const child = spawn(binary, ["serve", "workerd.capnp", "--control-fd=3"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe", "pipe"]
  })
  const words = wordsOf(child.stdout, child.stderr)
  const control = child.stdio[3] as Readable // a pipe was asked for
  const answered = async () => {
    for await (const line of createInterface({ input: control })) {
      const event = JSON.parse(line) as { readonly event?: string; readonly port?: number } // workerd's own form
      if (event.event !== "listen") continue
      const response = await fetch(`http://127.0.0.1:${event.port}/`, {
        method: "POST",
        body: JSON.stringify(config),
        signal: AbortSignal.timeout(patienceMs)
      })
      return response.text()
    }
    throw new Error("workerd named no port")
  }
  try {
    return { results: resultsOf(await whileRunning(child, answered(), words)) }
  } catch (cause) {
    return { problem: `${String(cause)}\n${words()}` }
  } finally {
    await stop(child)
  }
}

const chromiumArgs = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--remote-debugging-port=0"
]

const inPage = async (binary: string, { config, folder, program }: Launch): Promise<Launched> => {
  const script = readFileSync(program)
  let told: (text: string) => void = () => {}
  const results = new Promise<string>((resolve) => (told = resolve))
  const server = createServer((request, response) => {
    if (request.method === "POST") {
      let text = ""
      request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
      request.on("end", () => {
        response.end()
        told(text)
      })
    } else if (request.url === "/program.mjs") response.setHeader("content-type", "text/javascript").end(script)
    else
      response
        .setHeader("content-type", "text/html")
        .end(`<!doctype html><script type="module" src="/program.mjs"></script>`)
  })
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  const { port } = server.address() as AddressInfo // TCP, so never a path
  const page = `http://127.0.0.1:${port}/#${encodeURIComponent(JSON.stringify(config))}`
  const child = spawn(binary, [...chromiumArgs, `--user-data-dir=${join(folder, "profile")}`, page], {
    stdio: ["ignore", "pipe", "pipe"]
  })
  const words = wordsOf(child.stdout, child.stderr)
  try {
    return { results: resultsOf(await whileRunning(child, results, words)) }
  } catch (cause) {
    return { problem: String(cause) }
  } finally {
    await stop(child)
    server.closeAllConnections()
    server.close()
  }
}

const browserOnPath = (): Found =>
  chromiumPath === undefined
    ? { problem: "none of chromium, chromium-browser, google-chrome is on the PATH" }
    : { path: chromiumPath }

const binaryOf = async ({ binary, kind }: Runtime): Promise<Found> => {
  if (binary !== undefined) return installedBinary(binary)
  return kind === "page" ? browserOnPath() : { path: process.execPath }
}

const ways = { process: inProcess, worker: inWorker, page: inPage } as const

/** Runs the cases in a runtime. */
export const launch = async (given: Launch): Promise<Launched> => {
  const found = await binaryOf(given.runtime)
  return "problem" in found ? { unavailable: found.problem } : ways[given.runtime.kind](found.path, given)
}
