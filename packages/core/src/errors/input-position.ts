/** Adds to an error which input it is about. */
import { isDirectError } from "./error-message.ts"

/** The input that an error is about. `single`: the chain has one input, which needs no number. */
interface InputPosition {
  readonly index: number
  readonly key: string | undefined
  readonly single?: true
}

/** The fields of an error about this input: its key where it has one, and its index where there are several inputs. */
export const aboutInput = ({
  index,
  key,
  single
}: InputPosition): { readonly index?: number; readonly key?: string } => ({
  ...(single === true ? {} : { index }),
  ...(key === undefined ? {} : { key })
})

/** The fields of an error; `cause` is not enumerable. */
const fieldsOf = (error: object): Readonly<Record<string, unknown>> => ({
  ...Object.fromEntries(Object.entries(error).filter(([name, value]) => name !== "_tag" && value !== undefined)),
  ...("cause" in error ? { cause: error.cause } : {})
})

/**
 * A copy of an error that contains which input it is about; one error may be about many inputs. An error that contains
 * it already is returned as it is, and so is one of another class than this package's own: its constructor may take
 * anything.
 */
export const withInput = <E>(error: E, position: InputPosition): E => {
  if (!isDirectError(error) || ("index" in error && error.index !== undefined)) return error
  const about = aboutInput(position)
  if (Object.keys(about).length === 0) return error
  const make = error.constructor as new (fields: object) => E & object // a class of errors.ts is made from its fields
  return new make({ ...fieldsOf(error), ...about })
}
