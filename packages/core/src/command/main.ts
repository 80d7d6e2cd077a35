#!/usr/bin/env node
// `sightline-models`: a live account's models as typed handles in the user's own code.
import { sightline } from "../app.ts"
import { resources } from "../resources/resources-plugin.ts"
import { clarifai } from "../connection/clarifai.ts"
import { type CommandOptions, help, readArguments } from "./options.ts"
import { openTarget } from "./write-file.ts"

/** What is used of Node: core is built without its types, and imports nothing of it. */
interface Process {
  readonly argv: ReadonlyArray<string>
  readonly pid: number
  readonly stdout: { readonly write: (text: string) => unknown }
  readonly stderr: { readonly write: (text: string) => unknown }
  exitCode?: number
  readonly getBuiltinModule: (id: "node:fs/promises") => Parameters<typeof openTarget>[0]
}
const { process } = globalThis as unknown as { readonly process: Process }

const say = (line: string) => process.stderr.write(`sightline-models: ${line.replace(/\s*[\r\n]+\s*/g, " ")}\n`)

const write = async ({ app, models, name, out, type, url, user }: CommandOptions): Promise<void> => {
  const target =
    out === undefined
      ? undefined
      : await openTarget(process.getBuiltinModule("node:fs/promises"), out, String(process.pid))
  try {
    await using service = sightline(
      clarifai({
        ...(user === undefined ? {} : { userId: user }),
        ...(app === undefined ? {} : { appId: app }),
        ...(url === undefined ? {} : { baseUrl: url })
      })
    ).use(resources())
    const source = await service.resources.models
      .source({
        ...(models.length === 0 ? {} : { models }),
        ...(type === undefined ? {} : { modelType: type }),
        ...(name === undefined ? {} : { name })
      })
      .run()
    if (target === undefined) process.stdout.write(source)
    else {
      const count = source.split("\nexport const ").length - 1
      const changed = await target.write(source)
      say(`${count} ${count === 1 ? "model" : "models"} in ${out}${changed ? "" : ", as before"}`)
    }
  } finally {
    await target?.giveUp()
  }
}

const wanted = readArguments(process.argv.slice(2))
if (wanted.do === "help") process.stdout.write(help)
else if (wanted.do === "refuse") {
  say(wanted.problem)
  process.exitCode = 2
} else
  await write(wanted.options).catch((thrown: unknown) => {
    const tag: unknown = Object(thrown)._tag
    const message = thrown instanceof Error ? thrown.message : "it failed"
    say(typeof tag === "string" ? `${tag}: ${message}` : message)
    process.exitCode = 1
  })
