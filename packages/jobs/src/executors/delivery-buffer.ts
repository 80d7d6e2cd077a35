/** Units that a queue has delivered to this worker and that none of its slots has taken. */
import * as Effect from "effect/Effect"
import type { Delivery } from "./unit-feed.ts"

/** A delivery that can be returned to the queue. */
export interface ReturnableDelivery extends Delivery {
  readonly putBack: () => void
}

/** The deliveries. */
export class DeliveryBuffer {
  #deliveries: Array<ReturnableDelivery> = []
  readonly #waiting = new Set<() => void>()
  #isClosed = false

  add(delivery: ReturnableDelivery): void {
    if (this.#isClosed) return delivery.putBack()
    this.#deliveries.push(delivery)
    const [wake] = this.#waiting
    wake?.()
  }

  next(): Delivery | undefined {
    return this.#deliveries.shift()
  }

  /** Waits for a delivery, or so long. */
  wait(ms: number): Effect.Effect<void> {
    const delivered = Effect.callback<void>((resume) => {
      if (this.#deliveries.length > 0) return resume(Effect.void)
      const wake = () => {
        this.#waiting.delete(wake) // one delivery wakes one
        resume(Effect.void)
      }
      this.#waiting.add(wake)
      return Effect.sync(() => void this.#waiting.delete(wake))
    })
    return Effect.raceFirst(delivered, Effect.sleep(ms))
  }

  /** Drops the units of a job that does not run: they are published again when it does. */
  drop(job: string): void {
    for (const delivery of this.#deliveries) if (delivery.job === job) delivery.done()
    this.#deliveries = this.#deliveries.filter((delivery) => delivery.job !== job)
  }

  /** Returns what is there, and what comes later. */
  putBackAll(): void {
    this.#isClosed = true
    for (const { putBack } of this.#deliveries) putBack()
    this.#deliveries = []
  }
}
