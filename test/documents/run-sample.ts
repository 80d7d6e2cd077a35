/** Runs a sample in a process of its own, after the initialization that its document refers to. */
import { spawn, spawnSync } from "node:child_process"
import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { delimiter, join, resolve } from "node:path"
import type { Language } from "./samples.ts"
import { hasPython, pythonPrelude } from "./python-client.ts"

/** What a finished sample leaves. */
export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Where the engine is, and the key. */
export interface Endpoint {
  readonly url: string
  readonly grpcAddress: string
  readonly key: string
  /** A scratch folder. */
  readonly folder: string
}

/** Whether the programs of a language are installed; says so where they are not. */
export const canRun = (language: Language): boolean => {
  if (language === "grpc-python") return hasPython()
  if (language !== "curl" || spawnSync("curl", ["--version"]).status === 0) return true
  console.warn("skipped: the samples of cURL (curl is not installed)")
  return false
}

const nodePrelude = ({ grpcAddress, key }: Endpoint): string => `
const { ClarifaiStub, grpc } = require("clarifai-nodejs-grpc");
const V2 = ClarifaiStub.grpc(${JSON.stringify(grpcAddress)}).constructor;
const stub = new V2(${JSON.stringify(grpcAddress)}, grpc.credentials.createInsecure());
const metadata = new grpc.Metadata();
metadata.set("authorization", ${JSON.stringify(`Key ${key}`)});
`

/** Samples that make their own app, or that are given a model, say so by the names they use. */
const legacyProgram = (code: string, { key }: Endpoint): string => {
  const own = /\b(const|let|var) Clarifai\b/.test(code) ? "" : `const Clarifai = require("clarifai");\n`
  const app = /\b(const|let|var) app\b/.test(code) ? "" : `const app = new Clarifai.App({ apiKey: "${key}" });\n`
  return /^model\./m.test(code)
    ? `${own}${app}app.models.initModel("pets").then((model) => {\n${code}\n});\n`
    : `${own}${app}${code}\n`
}

/** The command and the program of a sample. */
const programOf = (language: Language, code: string, endpoint: Endpoint): readonly [string, string, string] => {
  switch (language) {
    case "legacy":
      return [process.execPath, "sample.cjs", legacyProgram(code, endpoint)]
    case "grpc-node":
      return [process.execPath, "sample.cjs", nodePrelude(endpoint) + code]
    case "rest":
      return [process.execPath, "sample.cjs", code]
    case "grpc-python":
      return ["/usr/bin/python3", "sample.py", pythonPrelude(endpoint) + code]
    case "curl":
      return ["bash", "sample.sh", code]
  }
}

/** `base64` as macOS has it, which writes one line: GNU's breaks lines, which no JSON string may hold. */
const putBase64 = (folder: string): string => {
  const bin = join(folder, "bin")
  mkdirSync(bin, { recursive: true })
  const script = join(bin, "base64")
  writeFileSync(script, '#!/bin/sh\nexec /usr/bin/base64 -w 0 "$@"\n')
  chmodSync(script, 0o755)
  return bin
}

const timeoutMs = 60_000

/** Runs the sample; one that does not end is killed. Requests to other machines end at a port where nobody listens. */
export const runSample = (language: Language, code: string, endpoint: Endpoint): Promise<Finished> => {
  const [command, name, program] = programOf(language, code, endpoint)
  const file = join(endpoint.folder, name)
  writeFileSync(file, program)
  const nobody = "http://127.0.0.1:9"
  const child = spawn(command, [file], {
    cwd: endpoint.folder,
    timeout: timeoutMs,
    killSignal: "SIGKILL",
    env: {
      PATH: [putBase64(endpoint.folder), process.env["PATH"]].join(delimiter),
      HOME: endpoint.folder,
      NODE_PATH: resolve(import.meta.dirname, "../node_modules"),
      NODE_NO_WARNINGS: "1",
      API_ENDPOINT: endpoint.url, // the legacy client reads it
      http_proxy: nobody,
      https_proxy: nobody,
      no_proxy: "127.0.0.1,localhost"
    }
  })
  const output = { stdout: "", stderr: "" }
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text))
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text))
  return new Promise((done, reject) => {
    child.once("error", reject)
    child.once("close", (code) => done({ code, ...output }))
  })
}
