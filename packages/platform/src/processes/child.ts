/**
 * Folder `processes`: pools of supervised, confined child processes. This file: the child process's side of a process pool.
 */

/** Sends a message to the parent. */
export const reply = (message: object): void => {
  process.send?.(message)
}

/** Handles the parent's messages, whose type is the pool's `Send`. The process ends when the parent is gone. */
export const onMessage = (handle: (message: unknown) => void): void => {
  process.on("disconnect", () => process.exit(0))
  process.on("message", handle)
}

/**
 * Kills this process when it takes more memory than it has now and `moreMiB`. Returns what stops the watch.
 *
 * Native code works on other threads, so this one is free to watch. Only a signal ends a process at once that is busy in
 * native code; the parent sees `killed`.
 */
export const limitMemory = (moreMiB: number): (() => void) => {
  const most = process.memoryUsage.rss() + moreMiB * 2 ** 20
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() > most) process.kill(process.pid, "SIGKILL")
  }, 5)
  return () => clearInterval(timer)
}
