/**
 * Server reflection, `grpc.reflection.v1.ServerReflection` and its older name `v1alpha`: which services there are, and the
 * descriptors of what they take and give. Like the health service it needs no key: all of it is public.
 */
import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire"
import type * as Grpc from "@grpc/grpc-js"
import type { Descriptors } from "./descriptors.ts"

/** Paths of the method, in both versions. */
export const reflectionPaths: ReadonlyArray<string> = ["v1", "v1alpha"].map(
  (version) => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`
)

/** The largest request, in bytes: one holds a name, and its response repeats it. */
const mostBytes = 64 * 1024

// The tag of a field is its number and its wire type: 2, which is something with a length, unless said otherwise.
const request = { fileByName: 26, fileWith: 34, fileWithExtension: 42, extensionsOf: 50, listServices: 58 }
const response = { host: 10, request: 18, files: 34, extensions: 42, services: 50, error: 58 }
/** Field 1 of any message. */
const first = 10
/** Field 1 of an error, a varint, and field 2, its text. */
const [errorCode, errorText] = [8, 18]
const [invalidArgument, notFound] = [3, 5]

/** What a request asks: the tag of its question, and the name in it. */
interface Question {
  readonly asks: number
  readonly name: string
}

/** Reads a request. Throws for bytes that are none. */
const readQuestion = (bytes: Uint8Array): Question => {
  if (bytes.length > mostBytes) throw new Error(`a request has at most ${mostBytes} bytes`)
  const questions: ReadonlyArray<number> = Object.values(request)
  const reader = new BinaryReader(bytes)
  let question: Question = { asks: 0, name: "" }
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag()
    const tag = (number << 3) | wireType
    if (!questions.includes(tag)) reader.skip(wireType, number)
    // An extension is named in a message, and there are none.
    else if (tag === request.fileWithExtension) question = { asks: tag, name: (reader.bytes(), "of an extension") }
    else question = { asks: tag, name: reader.string() }
  }
  return question
}

/** The response to a request. */
const answer = (bytes: Uint8Array, descriptors: Descriptors): Uint8Array => {
  const { asks, name } = readQuestion(bytes)
  const writer = new BinaryWriter().uint32(response.request).bytes(bytes)
  const fail = (code: number, text: string): void => {
    writer.uint32(response.error).fork().uint32(errorCode).int32(code).uint32(errorText).string(text).join()
  }
  const files = (found: ReadonlyArray<Uint8Array> | undefined): void => {
    if (found === undefined) return fail(notFound, `this server has no descriptor ${name}`)
    writer.uint32(response.files).fork()
    for (const file of found) writer.uint32(first).bytes(file)
    writer.join()
  }
  if (asks === request.fileByName) files(descriptors.fileNamed(name))
  else if (asks === request.fileWith) files(descriptors.fileWith(name))
  else if (asks === request.fileWithExtension) files(undefined)
  else if (asks === request.listServices) {
    writer.uint32(response.services).fork()
    for (const service of descriptors.services) writer.uint32(first).fork().uint32(first).string(service).join()
    writer.join()
  } else if (asks !== request.extensionsOf) fail(invalidArgument, "the request asks nothing")
  else if (descriptors.fileWith(name) === undefined) files(undefined)
  else writer.uint32(response.extensions).fork().uint32(first).string(name).join()
  return writer.finish()
}

/**
 * The requests of a stream. Its reader may stop at any of them: without this option the call would be destroyed then, and the
 * caller would wait for a status that is never sent.
 */
export const requestsOf = (call: Grpc.ServerDuplexStream<Uint8Array, Uint8Array>): AsyncIterable<Uint8Array> =>
  call.iterator({ destroyOnReturn: false })

/** Descriptors are made when they are first asked for: few engines are ever asked. */
const load = async (): Promise<Descriptors> => (await import("./descriptors.ts")).makeDescriptors()
let made: Promise<Descriptors> | undefined

/** Answers the questions of a stream, each before the next is read. */
export const reflect: Grpc.handleBidiStreamingCall<Uint8Array, Uint8Array> = (call) => {
  const answerAll = async () => {
    const descriptors = await (made ??= load())
    for await (const bytes of requestsOf(call)) {
      if (call.cancelled) return
      if (!call.write(answer(bytes, descriptors)))
        await new Promise<void>((resolve) => {
          call.once("drain", resolve)
          call.once("cancelled", resolve)
        })
    }
    call.end()
  }
  answerAll().catch((thrown: unknown) =>
    call.emit("error", {
      code: invalidArgument,
      details: thrown instanceof Error ? thrown.message : "the request cannot be read"
    })
  )
}
