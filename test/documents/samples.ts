/**
 * Folder `documents`: the samples of the service's own documents, run as they stand against an engine. The documents are
 * not part of this project: they are read from beside the test data. This file finds the samples.
 */
import { existsSync, readFileSync } from "node:fs"
import { resolve } from "node:path"
import { dataRoot } from "@sightline/fixtures"

const folder = resolve(dataRoot, "../reference/documents")
const documents = ["custom-models.md", "images-docs.md", "images-guide.md", "predict-legacy.md"] as const

/** The clients and tools whose samples are run. */
export const languages = ["legacy", "grpc-node", "grpc-python", "curl", "rest"] as const
/** One of them. */
export type Language = (typeof languages)[number]

/** The jobs that the samples do, by the headings above them. */
export type Job =
  | "add inputs"
  | "create a model"
  | "train"
  | "predict with the model"
  | "image by URL"
  | "image by bytes"
  | "video by URL"
  | "video by bytes"

/** One fenced sample. */
export interface Sample {
  readonly document: string
  readonly line: number
  readonly job: Job
  readonly language: Language
  readonly code: string
}

/** The samples, and the responses that the documents show, by document and job. */
export interface Documents {
  readonly samples: ReadonlyArray<Sample>
  readonly responses: ReadonlyMap<string, unknown>
}

/** The key of {@link Documents.responses}. */
export const responseKey = ({ document, job }: Pick<Sample, "document" | "job">): string => `${document} ${job}`

/** By the title of the tab. Titles of other clients (Java, PHP, C#, the first Python client) are not among them. */
const byTab: Readonly<Record<string, Language>> = {
  js: "legacy",
  "gRPC NodeJS": "grpc-node",
  "gRPC Python": "grpc-python",
  cURL: "curl",
  "Javascript (REST)": "rest"
}

const jobOf = (headings: string): Job | undefined => {
  const said = headings.toLowerCase()
  if (said.includes("add images")) return "add inputs"
  if (said.includes("create a model")) return "create a model"
  if (said.includes("train the model")) return "train"
  if (said.includes("predict with the model")) return "predict with the model"
  const medium = said.includes("videos") ? "video" : "image"
  if (said.includes("via url")) return `${medium} by URL`
  return said.includes("via bytes") ? `${medium} by bytes` : undefined
}

const readOne = (document: string, samples: Array<Sample>, responses: Map<string, unknown>): void => {
  const lines = readFileSync(resolve(folder, document), "utf8").split("\n")
  let [heading, paragraph, tab] = ["", "", ""]
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ""
    heading = /^#+ (.*)/.exec(line)?.[1] ?? heading
    paragraph = /^\*\*(.*)\*\*$/.exec(line)?.[1] ?? paragraph
    if (line.startsWith("#")) paragraph = ""
    tab = /title="([^"]*)"/.exec(line)?.[1] ?? tab
    if (!line.startsWith("```")) continue
    const start = ++at
    while (lines[at]?.startsWith("```") === false) at++
    const code = lines.slice(start, at).join("\n")
    const job = jobOf(`${heading} ${paragraph}`)
    if (job === undefined) continue
    if (tab === "Response JSON") responses.set(responseKey({ document, job }), JSON.parse(code))
    const language = byTab[tab]
    if (language !== undefined) samples.push({ document, line: start, job, language, code })
  }
}

/** Reads the documents; undefined, with a line that says so, where they are not here. */
export const readDocuments = (): Documents | undefined => {
  if (!existsSync(folder)) {
    console.warn("skipped: the service's documents are not beside the test data (reference/documents)")
    return undefined
  }
  const samples: Array<Sample> = []
  const responses = new Map<string, unknown>()
  for (const document of documents) readOne(document, samples, responses)
  return { samples, responses }
}
