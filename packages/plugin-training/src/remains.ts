/** What a training has put on the service, and taking it away again. */
import { type CallError, type Host, resourcesOf } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import { lookUp } from "./adding/labels.ts"
import { type Entry, type Journal, type JournalUnusable, latest, versionIn } from "./journal.ts"
import { readVersion, recentVersions } from "./service.ts"
import { isTrained } from "./waiting.ts"

/** What is on the service because of a training. */
export interface Remains {
  readonly training: string
  /** Inputs that it has put there, by id; those that were there before are not among them. */
  readonly inputs: ReadonlyArray<string>
  /** The model, where this training has created it. */
  readonly model: string | undefined
  /** The version that it has asked for, where it is still there; `trained` false while the service works on it. */
  readonly version: { readonly id: string; readonly trained: boolean } | undefined
}

/** What to take away. */
export interface DiscardOptions {
  /** Also the inputs that the training has put there. */
  readonly inputs?: boolean
}

/** Which steps of a journal count: those of the last training, or only of one that is not over. */
type Part = (entries: ReadonlyArray<Entry>) => ReadonlyArray<Entry>

const orGone = <A>(effect: Effect.Effect<A, CallError>): Effect.Effect<A | undefined, CallError> =>
  Effect.catchTag(effect, "NotFound", () => Effect.succeed(undefined))

/** Says what the last training of a model has left on the service. */
export const remainsOf = (
  { wire }: Host,
  journal: Journal,
  id: string,
  part: Part
): Effect.Effect<Remains, CallError | JournalUnusable> =>
  Effect.gen(function* () {
    const entries = part(yield* journal.read(id))
    const ids = [...new Set(entries.flatMap((entry) => (entry._tag === "adding" ? entry.ids : [])))]
    const there: Array<string> = []
    const size = wire.connection.limits.inputsPerAdd
    for (let at = 0; at < ids.length; at += size) there.push(...(yield* lookUp(wire, ids.slice(at, at + size))).keys())
    const created = entries.find((entry) => entry._tag === "creating")?.model
    const model = created === undefined ? undefined : yield* orGone(resourcesOf(wire).models.get(created).asEffect())
    const asking = entries.findLast((entry) => entry._tag === "asking")
    const noted = versionIn(entries)
    const asked =
      noted ??
      (asking === undefined
        ? undefined
        : (yield* orGone(recentVersions(wire, id)))?.find(
            (one) => one.description === asking.description && !asking.known.includes(one.id)
          )?.id)
    const standing = asked === undefined ? undefined : yield* orGone(readVersion(wire, id, asked))
    return {
      training: id,
      inputs: there,
      model: model === undefined ? undefined : created,
      version: standing === undefined ? undefined : { id: standing.id, trained: isTrained(standing) }
    }
  })

/** Deletes the version of the last training, which ends it, and the inputs where that is wanted. Gives what remains. */
export const discard = (
  host: Host,
  journal: Journal,
  id: string,
  { inputs = false }: DiscardOptions,
  part: Part
): Effect.Effect<Remains, CallError | JournalUnusable> =>
  Effect.gen(function* () {
    const { model, version, inputs: added } = yield* remainsOf(host, journal, id, part)
    if (part(yield* journal.read(id)).length === 0) return yield* remainsOf(host, journal, id, part)
    const has = resourcesOf(host.wire)
    if (version !== undefined) yield* orGone(has.versions.delete(id, version.id).asEffect())
    if (model !== undefined) {
      // a model that this training made, that has learnt nothing else and is not learning, goes with it
      const others = (yield* orGone(recentVersions(host.wire, id))) ?? []
      if (others.every(({ code }) => code === 21102 || (code >= 21105 && code < 21120)))
        yield* orGone(has.models.delete(model).asEffect())
    }
    const size = host.wire.connection.limits.inputsPerAdd
    if (inputs) for (let at = 0; at < added.length; at += size) yield* has.inputs.deleteMany(added.slice(at, at + size))
    yield* journal.append(id, { _tag: "discarded" })
    return yield* remainsOf(host, journal, id, latest)
  })
