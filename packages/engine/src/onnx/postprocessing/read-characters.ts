/** The characters of a line of text, from the output of a graph that was trained with CTC. */
import { GraphProblem, portText } from "../graph-problem.ts"
import type { GraphTensor } from "../graph-session.ts"

/** A line of text, and the mean probability of its characters. */
export interface ReadLine {
  readonly text: string
  readonly score: number
}

/**
 * Reads a dictionary: one character in each line. Graphs of PaddleOCR know a blank before them and a space after them, so
 * that a graph has as many classes as the dictionary, or one or two more.
 */
export const parseDictionary = (text: string): ReadonlyArray<string> => text.replace(/\r?\n$/, "").split(/\r?\n/)

/** The character of each class; class 0 is the blank. Throws if the graph has another number of classes. */
export const classCharacters = (tensor: GraphTensor, dictionary: ReadonlyArray<string>): ReadonlyArray<string> => {
  const classes = tensor.shape.at(-1) ?? 0
  const characters = ["", ...dictionary]
  if (classes === characters.length) return characters
  if (classes === characters.length + 1) return [...characters, " "]
  throw new GraphProblem(
    `the output ${portText(tensor)} has ${classes} classes, but the dictionary has ${dictionary.length} characters; ` +
      `a reader has one class more (the blank) or two (and the space)`
  )
}

/** Decodes [1, steps, classes]: the best class of each step, without repetitions and blanks. */
export const readCharacters = (tensor: GraphTensor, characters: ReadonlyArray<string>): ReadLine => {
  const { data, shape } = tensor
  const [batch = 0, steps = 0, classes = 0] = shape
  if (shape.length !== 3 || batch !== 1 || classes !== characters.length)
    throw new GraphProblem(`the output ${portText(tensor)} is no row of characters, [1, steps, ${characters.length}]`)
  let text = ""
  let sum = 0
  let count = 0
  let previous = 0
  for (let step = 0; step < steps; step++) {
    const start = step * classes
    let best = 0
    for (let one = 1; one < classes; one++) if ((data[start + one] ?? 0) > (data[start + best] ?? 0)) best = one
    if (best !== 0 && best !== previous) {
      text += characters[best] ?? ""
      sum += data[start + best] ?? 0
      count++
    }
    previous = best
  }
  return { text, score: count === 0 ? 0 : Math.min(1, sum / count) }
}
