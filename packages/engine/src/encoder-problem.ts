/** Errors of a custom encoder. */
import { sightlineError } from "@sightline/core/plugin"
import { isMissingPackage } from "@sightline/platform/missing-package"
import { Effect, Schema } from "effect"

/** An encoder's folder, manifest or model cannot be used. `details` names the change to make. */
export class EncoderProblem extends sightlineError(
  Schema.TaggedError<EncoderProblem>()("EncoderProblem", {
    encoder: Schema.String,
    details: Schema.String
  })
) {
  readonly retryable = false
  override get message() {
    return `the image encoder ${this.encoder} cannot be used: ${this.details}`
  }
}

/** An optional package is needed and not installed. */
export class MissingPackage extends sightlineError(
  Schema.TaggedError<MissingPackage>()("MissingPackage", {
    packageName: Schema.String,
    neededFor: Schema.String
  })
) {
  readonly retryable = false
  override get message() {
    return `${this.neededFor} needs the package ${this.packageName}; add it: npm install ${this.packageName}`
  }
}

/** Anything thrown, as one line. */
export const oneLine = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, " ").slice(0, 300)

/** Loads an optional package when it is first needed. */
export const loadPackage = <A>(
  packageName: string,
  neededFor: string,
  load: () => Promise<A>
): Effect.Effect<A, MissingPackage | EncoderProblem> =>
  Effect.tryPromise({
    try: load,
    catch: (cause) =>
      isMissingPackage(cause, packageName)
        ? new MissingPackage({ packageName, neededFor })
        : new EncoderProblem({ encoder: packageName, details: `it does not load: ${oneLine(cause)}` })
  })
