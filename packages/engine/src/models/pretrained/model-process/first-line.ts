/**
 * Folder `model-process`: the child process in which a pretrained model runs, and its messages. This file: what went wrong, in
 * one line that fits into an answer.
 */
export const firstLine = (cause: unknown): string =>
  ((cause instanceof Error ? cause.message : String(cause)).split("\n")[0] ?? "").slice(0, 300)
