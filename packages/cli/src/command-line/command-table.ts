/** All commands by name. A command's module is loaded only when the command is used, so that `--help` stays fast. */
import type { Command } from "commander"
import type { Io } from "../terminal/io.ts"
import type { ExitCode } from "./exit-code.ts"

/** Runs the action of a command. */
export type Run = <Arguments extends ReadonlyArray<unknown>>(
  action: (io: Io, ...args: Arguments) => Promise<ExitCode>
) => (...args: Arguments) => Promise<void>

/** Adds a command's arguments, options, examples and action. */
export type Configure = (command: Command, run: Run) => void

/** A command as `--help` lists it. */
export interface CommandEntry {
  readonly name: string
  readonly summary: string
  /** True for a command that ends on its own after the first Ctrl-C, with what it has done; any other is abandoned. */
  readonly drains?: boolean
  readonly load: () => Promise<{ readonly configure: Configure }>
}

export const commandTable: ReadonlyArray<CommandEntry> = [
  {
    name: "predict",
    summary: "predict images, videos, texts and audio with a model",
    drains: true,
    load: () => import("../commands/predict.ts")
  },
  {
    name: "plan",
    summary: "show what predict would send and cost, without any network",
    load: () => import("../commands/plan.ts")
  },
  {
    name: "train",
    summary: "train a model from a folder of labelled images",
    drains: true,
    load: () => import("../commands/train.ts")
  },
  {
    name: "evaluate",
    summary: "measure a trained model on labelled images",
    load: () => import("../commands/evaluate.ts")
  },
  {
    name: "compare",
    summary: "measure two models or versions on the same images",
    load: () => import("../commands/compare.ts")
  },
  { name: "versions", summary: "list the versions of a trained model", load: () => import("../commands/versions.ts") },
  {
    name: "models",
    summary: "list, show and check models; write typed handles",
    load: () => import("../commands/models.ts")
  },
  {
    name: "inputs",
    summary: "list, add and delete the inputs of an app",
    drains: true,
    load: () => import("../commands/app-inputs.ts")
  },
  { name: "concepts", summary: "list the concepts of an app", load: () => import("../commands/concepts.ts") },
  {
    name: "serve",
    summary: "serve the engine on a local port",
    drains: true,
    load: () => import("../commands/serve.ts")
  },
  {
    name: "frames",
    summary: "write frames of videos as images",
    drains: true,
    load: () => import("../commands/frames.ts")
  },
  {
    name: "strip",
    summary: "make images upright and remove private metadata",
    drains: true,
    load: () => import("../commands/strip.ts")
  },
  { name: "login", summary: "store a key in a private file", load: () => import("../commands/login.ts") },
  { name: "doctor", summary: "check the installation and the connection", load: () => import("../commands/doctor.ts") },
  {
    name: "completion",
    summary: "print a completion script for bash, zsh or fish",
    load: () => import("../commands/completion.ts")
  }
]
