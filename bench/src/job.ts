/** The job of one contender in its process, and its report. */

/** The work, the same for every contender. */
export interface Job {
  readonly workload: "urls" | "bytes" | "serial"
  /** The loopback service, e.g. `http://127.0.0.1:4321`. */
  readonly baseUrl: string
  /** `host:port` of the loopback gRPC service; empty when the peers are not installed. */
  readonly grpc: string
  readonly inputs: number
  readonly perCall: number
  readonly atOnce: number
  /** Size of one picture in bytes; 0 when inputs are URLs. */
  readonly sizeBytes: number
  /** Where a durable job keeps its ledger. */
  readonly ledger?: "process" | "sqlite"
  /** What brings the units of a durable job, and where its ledger is; undefined for the file of the run. */
  readonly queue?: {
    readonly backend: "redis" | "postgres"
    readonly connection: string
    readonly ledgerUrl: string | undefined
  }
}

/** What it took. `score` adds up the first concept of every output: proof that answers were read. */
export interface JobReport {
  readonly ms: number
  /** Time of all the process's threads on a processor: what others on the machine disturb least. */
  readonly cpuMs: number
  readonly peakRssMb: number
  readonly outputs: number
  readonly score: number
}

/** Calls one contender: resolves with the scores of the first concept of each output. */
export type Contender<Input> = (batch: ReadonlyArray<Input>) => Promise<ReadonlyArray<number>>

export const modelPath = "/v2/users/bench/apps/main/models/general/outputs"
export const key = "bench-key"

/** URLs that differ, made one at a time. */
export function* urls(count: number): Generator<string> {
  for (let i = 0; i < count; i++) yield `https://example.invalid/photographs/${i}.jpg`
}

/** Noise images, each in separate memory, created one at a time, as lazily read files are. */
export function* pictures(count: number, sizeBytes: number): Generator<Uint8Array> {
  const noise = new Uint8Array(sizeBytes)
  let state = 1
  for (let i = 0; i < sizeBytes; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    noise[i] = state >>> 24
  }
  // The start of a JPEG, so that clients which look at the first bytes know what they hold.
  noise.set([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0])
  for (let i = 0; i < count; i++) {
    const picture = noise.slice()
    new DataView(picture.buffer).setUint32(1000 % sizeBytes, i)
    yield picture
  }
}

/** Cuts lazily into arrays of at most `size`. */
function* batches<A>(items: Iterable<A>, size: number): Generator<ReadonlyArray<A>> {
  let batch: Array<A> = []
  for (const item of items) {
    batch.push(item)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

const sendAll = async <A>(inputs: Iterable<A>, { perCall, atOnce }: Job, send: Contender<A>) => {
  const queue = batches(inputs, perCall)
  let [outputs, score] = [0, 0]
  const worker = async () => {
    for (const batch of queue) {
      for (const value of await send(batch)) {
        outputs += 1
        score += value
      }
    }
  }
  // Workers share one iterator; a `return` by one would close it for all, so none leaves early.
  await Promise.all(Array.from({ length: atOnce }, worker))
  return { outputs, score }
}

/** The whole of one contender's process: warms up, measures, reports on stdout. */
export const measure = async (run: (job: Job) => Promise<{ readonly outputs: number; readonly score: number }>) => {
  // Written by main.ts of this folder.
  const job = JSON.parse(process.argv[2] ?? "") as Job
  await run({ ...job, inputs: Math.min(job.inputs, job.perCall * job.atOnce * (job.workload === "serial" ? 50 : 2)) })
  const started = performance.now()
  const before = process.cpuUsage()
  const { outputs, score } = await run(job)
  const ms = performance.now() - started
  const { system, user } = process.cpuUsage(before)
  const cpuMs = (system + user) / 1000
  const report: JobReport = {
    ms,
    cpuMs,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    outputs,
    score: Math.round(score)
  }
  process.stdout.write(JSON.stringify(report))
}

/** A contender that sends batches which the job cuts. */
export const measureBatches = (contender: {
  readonly urls: (job: Job) => Contender<string>
  readonly bytes: (job: Job) => Contender<Uint8Array>
}) =>
  measure((job) =>
    job.workload === "bytes"
      ? sendAll(pictures(job.inputs, job.sizeBytes), job, contender.bytes(job))
      : sendAll(urls(job.inputs), job, contender.urls(job))
  )

interface Answer {
  readonly outputs: ReadonlyArray<{ readonly data: { readonly concepts: ReadonlyArray<{ readonly value: number }> } }>
}

/** The scores in a parsed answer. The server of this folder writes no other. */
export const scoresOf = (answer: unknown): ReadonlyArray<number> =>
  (answer as Answer).outputs.map((output) => output.data.concepts[0]?.value ?? 0)

/** The request bodies, by the plainest means: an object per input, one `JSON.stringify`. */
export const urlBody = (batch: ReadonlyArray<string>) => ({
  inputs: batch.map((url) => ({ data: { image: { url } } }))
})
export const bytesBody = (batch: ReadonlyArray<Uint8Array>) => ({
  inputs: batch.map((picture) => ({
    data: { image: { base64: Buffer.from(picture.buffer, picture.byteOffset, picture.length).toString("base64") } }
  }))
})
