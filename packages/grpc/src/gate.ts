/** Lets one part of a program wait for another, which then checks its condition again. */
export class Gate {
  #open: (() => void) | undefined
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#open = resolve
    })
  }
  open(): void {
    this.#open?.()
  }
}
