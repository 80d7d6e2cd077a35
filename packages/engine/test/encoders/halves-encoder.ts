/** The encoder that these tests make. */
import { writeOnnx } from "./onnx-writer.ts"

/** Pixels that the encoder's pictures are wide and high. */
export const size = 8

/** An encoder's graph: the left and the right half's mean colour, as two tokens of three numbers, or six numbers in one. */
export const halves = (name: string, tokens: boolean): Uint8Array =>
  writeOnnx({
    input: { name, shape: [1, 3, size, size] },
    output: { name: "last_hidden_state", shape: tokens ? [1, 2, 3] : [1, 6] },
    nodes: [
      {
        type: "AveragePool",
        inputs: [name],
        output: "pooled",
        attributes: { kernel_shape: [size, 4], strides: [size, 4] }
      },
      { type: "Transpose", inputs: ["pooled"], output: "turned", attributes: { perm: [0, 3, 2, 1] } },
      tokens
        ? {
            type: "ReduceMean",
            inputs: ["turned"],
            output: "last_hidden_state",
            attributes: { axes: [2], keepdims: 0 }
          }
        : { type: "Flatten", inputs: ["turned"], output: "last_hidden_state", attributes: { axis: 1 } }
    ],
    constants: []
  })
