// One video in a decoder process: requests, their answers, and the limit on work without progress.
import { run } from "@sightline/core/plugin"
import type { ByteSource } from "../bytes/byte-source.ts"
import { type DecoderProcess, giveProcess, toProcessError } from "./decoder-processes.ts"
import { fromErrorData, toErrorData } from "./error-data.ts"
import type { VideoPart } from "../split/split-video.ts"
import type { Answers, FrameItem, FromProcess, Work } from "./process-messages.ts"

/** Processor time that opening may take, and that may pass without a picture being read; milliseconds. */
const limitMs = 6000
/** How long a process may take to stop a request before it is killed. */
const stopMs = 1000

/** What a process sends of its work: frames or parts. */
export type Item = FrameItem | VideoPart

interface Pending {
  readonly onItem: (item: Item) => void
  readonly onEnd: (error: unknown, answer: Answers[keyof Answers]) => void
}

const nothing = () => {}

/** A session with a process. It ends with `close`, or when the process fails. */
export class DecoderSession {
  readonly #child: DecoderProcess
  readonly #source: ByteSource
  readonly #memoryMiB: number
  readonly #pending = new Map<number, Pending>()
  #count = 0
  #receiving = false
  /** Work counted when there was progress last. */
  #progressMs = 0
  #failure: { readonly cause: unknown } | undefined

  constructor(child: DecoderProcess, source: ByteSource, memoryMiB: number) {
    this.#child = child
    this.#source = source
    this.#memoryMiB = memoryMiB
  }

  /** Asks for one answer. An abort of the signal ends the session. */
  ask<W extends Work>(work: W, signal?: AbortSignal): Promise<Answers[W["work"]]> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason)
      const onAbort = () => this.end(signal?.reason)
      signal?.addEventListener("abort", onAbort, { once: true })
      this.#begin(work, {
        onItem: () => {},
        onEnd: (error, answer) => {
          signal?.removeEventListener("abort", onAbort)
          if (error !== undefined) reject(error)
          else resolve(answer as Answers[W["work"]]) // the process answers each kind of work with its answer
        }
      })
    })
  }

  /** Asks for items, which come as they are taken. */
  async *items<A>(
    work: Work & { readonly credits: number },
    unpack: (item: Item) => A,
    signal: AbortSignal | undefined
  ): AsyncGenerator<A, void> {
    const arrived: Array<Item> = []
    let ended: { readonly error: unknown } | undefined
    let wake = nothing
    const id = this.#begin(work, {
      onItem: (item) => {
        arrived.push(item)
        wake()
      },
      onEnd: (error) => {
        ended = { error }
        wake()
      }
    })
    const onAbort = () => wake()
    signal?.addEventListener("abort", onAbort, { once: true })
    try {
      for (;;) {
        signal?.throwIfAborted()
        const item = arrived.shift()
        if (item !== undefined) {
          yield unpack(item)
          this.#child.send({ kind: "credit", id })
        } else if (ended !== undefined) {
          if (ended.error !== undefined) throw ended.error
          return
        } else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    } finally {
      signal?.removeEventListener("abort", onAbort)
      if (ended === undefined)
        await this.#stop(
          id,
          () => ended !== undefined,
          (stopped) => (wake = stopped)
        )
    }
  }

  /** Ends the session and its process; what was asked fails with `cause`. */
  end(cause: unknown): void {
    this.#failure ??= { cause }
    this.#child.kill()
    for (const [id, pending] of this.#pending) {
      this.#pending.delete(id)
      pending.onEnd(this.#failure.cause, undefined)
    }
  }

  /** Closes the video; the process is used again if that goes well. */
  async close(): Promise<void> {
    if (this.#failure === undefined) {
      const closing = this.ask({ work: "close" })
      const late = setTimeout(() => this.end(new Error("the decoder process does not answer")), stopMs)
      await closing.catch(() => undefined)
      clearTimeout(late)
    }
    giveProcess(this.#child)
  }

  async #stop(id: number, isStopped: () => boolean, onWake: (wake: () => void) => void): Promise<void> {
    this.#child.send({ kind: "stop", id })
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => {
        this.end(new Error("the decoder process does not stop"))
        resolve()
      }, stopMs)
      onWake(() => {
        if (!isStopped()) return
        clearTimeout(late)
        resolve()
      })
    })
  }

  #begin(work: Work, pending: Pending): number {
    const id = ++this.#count
    if (this.#failure !== undefined) {
      pending.onEnd(this.#failure.cause, undefined)
      return id
    }
    if (this.#pending.size === 0) this.#progressMs = this.#child.workedMs()
    this.#pending.set(id, pending)
    this.#child.send({ kind: "work", id, work })
    if (!this.#receiving) void this.#receive()
    return id
  }

  /** Takes messages while requests are open. */
  async #receive(): Promise<void> {
    this.#receiving = true
    try {
      while (this.#pending.size > 0) {
        const leftMs = Math.max(1, limitMs - (this.#child.workedMs() - this.#progressMs))
        this.#take(await run(this.#child.receive(leftMs)))
      }
    } catch (cause) {
      this.end(toProcessError(cause, { limitMs, memoryMiB: this.#memoryMiB }))
    } finally {
      this.#receiving = false
    }
  }

  #take(message: FromProcess): void {
    if (message.kind === "read") return void this.#read(message)
    this.#progressMs = this.#child.workedMs()
    if (message.kind === "advance" || message.kind === "ready") return
    const pending = this.#pending.get(message.id)
    if (message.kind === "item") return pending?.onItem(message.item)
    this.#pending.delete(message.id)
    if (message.kind === "failed") pending?.onEnd(fromErrorData(message.error), undefined)
    else pending?.onEnd(undefined, message.kind === "done" ? message.answer : undefined)
  }

  async #read({ end, id, start }: FromProcess & { readonly kind: "read" }): Promise<void> {
    try {
      const bytes = await this.#source.read(start, Math.min(end, this.#source.sizeBytes))
      this.#child.send({ kind: "bytes", id, bytes })
    } catch (cause) {
      this.#child.send({ kind: "unreadable", id, error: toErrorData(cause) })
    }
  }
}
