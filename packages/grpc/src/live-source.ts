// Sources that do not wait, such as a camera: what happens to inputs that come faster than they are sent.
import { Gate } from "./gate.ts"

/** What to do with an input that comes while earlier ones still wait to be sent. */
export type LivePolicy =
  /** The source waits until the input is sent. */
  | { readonly type: "wait" }
  /** Up to `size` inputs wait; then the source waits. */
  | { readonly type: "buffer"; readonly size: number }
  /** Up to `size` inputs wait; then the oldest of them is dropped. */
  | { readonly type: "drop-oldest"; readonly size: number }
  /** Up to `size` inputs wait; then the one that comes is dropped. */
  | { readonly type: "drop-newest"; readonly size: number }

/** The source waits until each input is sent. */
export const wait: LivePolicy = { type: "wait" }
/** Only the newest input waits to be sent. */
export const newestOnly: LivePolicy = { type: "drop-oldest", size: 1 }
/** Up to `size` inputs wait to be sent, then the source waits. */
export const buffer = (size: number): LivePolicy => ({ type: "buffer", size: checkSize(size) })
/** Up to `size` inputs wait to be sent, then the oldest is dropped. */
export const dropOldest = (size: number): LivePolicy => ({ type: "drop-oldest", size: checkSize(size) })
/** Up to `size` inputs wait to be sent, then the newest is dropped. */
export const dropNewest = (size: number): LivePolicy => ({ type: "drop-newest", size: checkSize(size) })

const checkSize = (size: number): number => {
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError("size must be a whole number from 1")
  return size
}

/** An input and its position in the source, dropped ones counted. */
export interface Positioned<A> {
  readonly index: number
  readonly value: A
}

/**
 * Reads a source as its policy says. `onDrop` is called for each input that is dropped. Leaving the loop early closes the
 * source.
 */
export async function* readLive<A>(
  source: Iterable<A> | AsyncIterable<A>,
  policy: LivePolicy,
  onDrop: (index: number) => void
): AsyncGenerator<Positioned<A>> {
  if (policy.type === "wait") {
    let index = 0
    for await (const value of source) yield { index: index++, value }
    return
  }
  const waiting: Array<Positioned<A>> = []
  let ended = false
  let failure: { readonly thrown: unknown } | undefined
  let left = false
  const arrived = new Gate()
  const room = new Gate()
  const pump = async () => {
    let index = 0
    for await (const value of source) {
      if (left) return
      const item = { index: index++, value }
      if (waiting.length >= policy.size) {
        if (policy.type === "buffer") await room.wait()
        else if (policy.type === "drop-newest") {
          onDrop(item.index)
          continue
        } else {
          const oldest = waiting.shift()
          if (oldest !== undefined) onDrop(oldest.index)
        }
      }
      waiting.push(item)
      arrived.open()
    }
  }
  const pumping = pump()
    .catch((thrown: unknown) => {
      failure = { thrown }
    })
    .finally(() => {
      ended = true
      arrived.open()
    })
  try {
    for (;;) {
      const next = waiting.shift()
      if (next !== undefined) {
        room.open()
        yield next
      } else if (ended) {
        if (failure !== undefined) throw failure.thrown
        return
      } else await arrived.wait()
    }
  } finally {
    left = true
    room.open()
    void pumping
  }
}
