/** All commands by name. */
import type { CommandEntry } from "./command-line/command-entry.ts"

/** The commands of the program, in the order of `--help`. */
export const commandTable: ReadonlyArray<CommandEntry> = [
  {
    name: "predict",
    summary: "predict images, videos, texts and audio with a model",
    drains: true,
    load: () => import("./commands/predict.ts")
  },
  {
    name: "plan",
    summary: "show what predict would send and cost, without any network",
    load: () => import("./commands/plan.ts")
  },
  {
    name: "jobs",
    summary: "submit, run and follow predictions that outlive this process",
    drains: true,
    load: () => import("./commands/jobs.ts")
  },
  {
    name: "train",
    summary: "train a model from a folder of labelled images",
    drains: true,
    load: () => import("./commands/train.ts")
  },
  {
    name: "evaluate",
    summary: "measure a trained model on labelled images",
    load: () => import("./commands/evaluate.ts")
  },
  {
    name: "compare",
    summary: "measure two models or versions on the same images",
    load: () => import("./commands/compare.ts")
  },
  { name: "versions", summary: "list the versions of a trained model", load: () => import("./commands/versions.ts") },
  {
    name: "models",
    summary: "add, list, show, check and remove models; write typed handles",
    load: () => import("./commands/models.ts")
  },
  {
    name: "inputs",
    summary: "list, add and delete the inputs of an app",
    drains: true,
    load: () => import("./commands/app-inputs.ts")
  },
  { name: "concepts", summary: "list the concepts of an app", load: () => import("./commands/concepts.ts") },
  {
    name: "serve",
    summary: "serve the engine on a local port",
    drains: true,
    load: () => import("./commands/serve.ts")
  },
  {
    name: "frames",
    summary: "write frames of videos as images",
    drains: true,
    load: () => import("./commands/frames.ts")
  },
  {
    name: "strip",
    summary: "make images upright and remove private metadata",
    drains: true,
    load: () => import("./commands/strip.ts")
  },
  { name: "login", summary: "store a key in a private file", load: () => import("./commands/login.ts") },
  { name: "doctor", summary: "check the installation and the connection", load: () => import("./commands/doctor.ts") },
  {
    name: "completion",
    summary: "print a completion script for bash, zsh or fish",
    load: async () => {
      const { configureCompletion } = await import("./commands/completion.ts")
      return { configure: configureCompletion(commandTable) }
    }
  }
]
