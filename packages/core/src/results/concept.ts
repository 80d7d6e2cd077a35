// Concepts as answers give them.
import type { ConceptWire } from "../wire/messages/concept-messages.ts"
import type { DataWire } from "../wire/messages/data-messages.ts"
import { plainly } from "./plain-object.ts"

/** Something that a model names, and how sure it is. */
export interface Concept<out N extends string = string> {
  /** Stays the same in every language. */
  readonly id: string
  readonly name: N
  /** 0 to 1. */
  readonly score: number
}

const ConceptMade = plainly<[id: string, name: string, score: number], Concept>(function (id, name, score) {
  this.id = id
  this.name = name
  this.score = score
})

const toConcept = ({ id = "", name = id, value }: ConceptWire): Concept => new ConceptMade(id, name, value)

const none: ReadonlyArray<never> = Object.freeze([])

/** The concepts of a piece of data, in the order of the service: best first. */
export const toConcepts = (data: DataWire | undefined): ReadonlyArray<Concept> => {
  const { concepts } = data ?? {}
  if (concepts === undefined) return data?.face ? toFaceConcepts(data.face) : none
  return concepts.map(toConcept)
}

// The first face models answered in separate groups.
const toFaceConcepts = (face: NonNullable<DataWire["face"]>): ReadonlyArray<Concept> =>
  [face.identity, face.age_appearance, face.gender_appearance, face.multicultural_appearance].flatMap((group) =>
    toConcepts(group)
  )
