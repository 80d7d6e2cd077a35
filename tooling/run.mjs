// The bootstrap behind `npm run demo`, `npm test` and `npm run test:long`: it needs only Node 20 and npm.
// Installs when something changed, builds through turbo's cache, then runs the job under the workspace's own Node.
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import * as os from "node:os"
import { delimiter, dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { clearReports, packageFolders, readReports, total } from "./reports.mjs"

const PNPM = "pnpm@12.21.0"
const root = resolve(dirname(fileURLToPath(import.meta.url)), "..")
const bin = join(root, "node_modules", ".bin")
const windows = process.platform === "win32"

const say = (line) => process.stderr.write(`sightline: ${line}\n`)
const fail = (line) => {
  say(line)
  process.exit(1)
}

/**
 * Runs one command to its end. `show` says where what it writes goes: to our own streams, all of it to stderr, or nowhere.
 * `words` is what came out, unless it went to our own streams.
 */
const run = (command, args, { cwd = root, show = "all", env = process.env } = {}) =>
  new Promise((done) => {
    const stdio = show === "all" ? "inherit" : ["inherit", "pipe", "pipe"]
    const child = spawn(command, args, { cwd, env, shell: windows, stdio })
    let words = ""
    const keep = (chunk) => {
      words = (words + chunk).slice(-20_000)
      if (show === "stderr") process.stderr.write(chunk)
    }
    child.stdout?.on("data", keep)
    child.stderr?.on("data", keep)
    const pass = (signal) => child.kill(signal)
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"]
    for (const signal of signals) process.on(signal, pass)
    const end = (code) => {
      for (const signal of signals) process.off(signal, pass)
      done({ code, words })
    }
    child.on("error", (cause) => {
      words += String(cause)
      end(127)
    })
    child.on("close", (code, signal) => end(code ?? 128 + (os.constants.signals[signal] ?? 0)))
  })

/** Every manifest of the workspace: a new dependency in any of them means a new install. */
const manifests = () => ["", ...packageFolders(root)].map((folder) => join(folder, "package.json"))

const stampFile = join(root, "node_modules", ".installed")
const stamp = () => {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch} ${PNPM}`)
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests()])
    hash.update(`\0${file}\0`).update(readFileSync(join(root, file)))
  return hash.digest("hex")
}
const installed = () => {
  try {
    return readFileSync(stampFile, "utf8") === stamp() && existsSync(join(bin, windows ? "node.exe" : "node"))
  } catch {
    return false // no stamp yet: nothing was installed by us
  }
}

const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_PNPM_META_FETCH_FAIL/
/** npm's own pauses between tries add up to more than a minute before it says that nobody is there. */
const patience = ["--fetch-retries=3", "--fetch-retry-mintimeout=2000", "--fetch-retry-maxtimeout=5000"]
const npxFlags = ["--loglevel=error", ...patience]
const install = async () => {
  if (installed()) return
  say("installing what the workspace needs (once) …")
  const flags = [...npxFlags, "--yes", PNPM, "install", "--frozen-lockfile", "--reporter=append-only"]
  const { code, words } = await run("npx", flags, { show: "stderr" })
  if (code === 127) fail("npx was not found: install npm (it comes with Node.js) and run this again")
  if (code !== 0) {
    const cause = unreachable.exec(words)
    if (cause) fail(`the npm registry cannot be reached (${cause[0]}): check the network, then run this again`)
    fail(`installing failed (pnpm ended with ${code}); see its output above`)
  }
  writeFileSync(stampFile, stamp())
}

/** Which optional tools and data tests will find: part of turbo's hash, so that a skipped test runs once they appear. */
const findings = () => {
  const folders = (process.env["PATH"] ?? "").split(delimiter)
  const tools = ["chromium", "djpeg", "exiftool", "ffmpeg", "ffprobe", "java", "jpegtran", "protoc", "python3"]
  const found = tools.filter((tool) => folders.some((folder) => existsSync(join(folder, tool))))
  const data = resolve(root, process.env["SIGHTLINE_DATA"] ?? "../shared/data")
  return [...found, ...(existsSync(data) ? [data] : [])].join(",")
}

const environment = () => ({
  // Code that Node compiled once: each of the many processes of tests loads the same modules.
  NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "node-compile"),
  ...process.env,
  PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
  SIGHTLINE_FOUND: findings(),
  TURBO_NO_UPDATE_NOTIFIER: "1",
  TURBO_TELEMETRY_DISABLED: "1"
})

/** Packages tested at one time; vitest itself takes the cores of each. Three on two cores: many tests wait. */
const atOnce = Math.max(3, Math.floor(os.cpus().length / 2))

/** Builds what changed; says nothing unless it fails. */
const build = async (env) => {
  const { code, words } = await run("turbo", ["run", "build", "--output-logs=errors-only"], { show: "nothing", env })
  if (code === 0) return
  process.stderr.write(words)
  fail(`the build failed (turbo ended with ${code}); see its output above`)
}

const demo = async (args) => {
  const env = environment()
  await build(env)
  // npm moves to the workspace before it starts a script; paths that the caller gave are relative to where they stand.
  const cwd = process.env["npm_lifecycle_event"] === "demo" ? (process.env["INIT_CWD"] ?? root) : process.cwd()
  const { code } = await run(join(bin, "node"), [join(root, "examples", "demo", "main.ts"), ...args], { cwd, env })
  return code
}

/** Runs tests through turbo, then says what the packages' reports add up to. */
const test = async (tasks, report, flags, rest = []) => {
  clearReports(root)
  const all = ["run", ...tasks, "--continue=dependencies-successful", "--output-logs=new-only", ...flags, ...rest]
  const { code } = await run("turbo", all, { env: environment() })
  const { passed, failed, skipped } = total(readReports(root, report))
  say(`${passed} tests passed, ${failed} failed, ${skipped} skipped`)
  return code
}

const jobs = {
  /** The installation alone, which precedes every job. */
  setup: async () => 0,
  demo,
  test: (args) => test(["build", "check", "test"], "vitest.json", [`--concurrency=${atOnce}`, ...args]),
  "test:long": async (args) => {
    await build(environment())
    const reporters = ["--reporter=default", "--reporter=json", "--outputFile.json=.reports/vitest.long.json"]
    return test(["test:long"], "vitest.long.json", ["--concurrency=1", ...args], ["--", ...reporters])
  }
}

const major = Number(process.versions.node.split(".")[0])
if (major < 20) fail(`Node ${process.versions.node} is too old: this needs Node 20 or newer (https://nodejs.org)`)
const [name = "", ...args] = process.argv.slice(2)
const job = Object.hasOwn(jobs, name) ? jobs[name] : undefined
if (!job) fail(`unknown job "${name}": use one of ${Object.keys(jobs).join(", ")}`)
await install()
process.exitCode = await job(args)
