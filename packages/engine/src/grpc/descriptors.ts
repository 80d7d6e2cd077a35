/** The protocol as descriptors, made of the tables of its messages, for clients that know nothing of it. */
import { create, toBinary } from "@bufbuild/protobuf"
import {
  DescriptorProtoSchema,
  type DescriptorProto,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FieldDescriptorProtoSchema,
  type FieldDescriptorProto,
  file_google_protobuf_duration,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
  FileDescriptorProtoSchema,
  type FileDescriptorProto
} from "@bufbuild/protobuf/wkt"
import { methods, serviceName } from "@sightline/core/protobuf"
import {
  BaseResponseWire,
  type Field,
  type FieldKind,
  type Message,
  RedirectInfoWire,
  StatusWire
} from "@sightline/core/wire"

const [mainPackage, statusPackage] = ["clarifai.api", "clarifai.api.status"]
const ofStatus: ReadonlySet<Message<unknown>> = new Set([StatusWire, RedirectInfoWire, BaseResponseWire])

/** Enums are numbers: the tables have no names of their types. Both are the same in the binary form. */
const scalars: Readonly<Partial<Record<FieldKind, Type>>> = {
  string: Type.STRING,
  bool: Type.BOOL,
  int32: Type.INT32,
  uint32: Type.UINT32,
  int64: Type.INT64,
  uint64: Type.UINT64,
  float: Type.FLOAT,
  double: Type.DOUBLE,
  bytes: Type.BYTES,
  enum: Type.INT32
}

const googleTypes: Readonly<Partial<Record<FieldKind, string>>> = {
  timestamp: ".google.protobuf.Timestamp",
  duration: ".google.protobuf.Duration",
  struct: ".google.protobuf.Struct",
  value: ".google.protobuf.Value"
}

const nameOf = (message: Message<unknown>): string =>
  `.${ofStatus.has(message) ? statusPackage : mainPackage}.${message.name}`

/** The type of one value. */
const typeOf = ({ kind, of, wrapped }: Field<unknown>): { readonly type: Type; readonly typeName?: string } => {
  if (wrapped) return { type: Type.MESSAGE, typeName: ".google.protobuf.BoolValue" } // the protocol wraps no other
  const scalar = scalars[kind]
  if (scalar !== undefined) return { type: scalar }
  return { type: Type.MESSAGE, typeName: googleTypes[kind] ?? (of === undefined ? "" : nameOf(of())) }
}

/** `model_info` to `ModelInfoEntry`, as protoc names the entries of a map. */
const entryName = (field: string): string =>
  `${field.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())}Entry`

const describeField = (name: string, field: Field<unknown>, parent: string): FieldDescriptorProto => {
  const { item, kind, number } = field
  const label = kind === "repeated" || kind === "map" ? Label.REPEATED : Label.OPTIONAL
  const type = kind === "map" ? { type: Type.MESSAGE, typeName: `${parent}.${entryName(name)}` } : typeOf(item ?? field)
  return create(FieldDescriptorProtoSchema, { name, number, label, ...type })
}

const describeEntry = (name: string, item: Field<unknown>): DescriptorProto =>
  create(DescriptorProtoSchema, {
    name: entryName(name),
    field: [
      { name: "key", number: 1, label: Label.OPTIONAL, type: Type.STRING },
      { name: "value", number: 2, label: Label.OPTIONAL, ...typeOf(item) }
    ],
    options: { mapEntry: true }
  })

const describeMessage = (message: Message<unknown>): DescriptorProto => {
  // What exists in JSON alone, or for older clients alone, is not of the protocol's binary form.
  const fields = [...message.fields].filter(([, { legacy, number }]) => number > 0 && !legacy)
  return create(DescriptorProtoSchema, {
    name: message.name,
    field: fields.map(([name, field]) => describeField(name, field, nameOf(message))),
    nestedType: fields.flatMap(([name, { item, kind }]) =>
      kind === "map" && item !== undefined ? [describeEntry(name, item)] : []
    )
  })
}

/** All messages that the methods need, each once. */
const reachable = (): ReadonlySet<Message<unknown>> => {
  const found = new Map<string, Message<unknown>>()
  const visit = (message: Message<unknown>): void => {
    if (found.has(message.name)) return
    found.set(message.name, message)
    for (const field of message.fields.values()) {
      const { of } = field.item ?? field
      if (of !== undefined && !field.legacy) visit(of())
    }
  }
  for (const { request, response } of methods) for (const message of [request, response]) visit(message)
  return new Set(found.values())
}

const statusFile = "clarifai/api/status/status.proto"
const google = [
  file_google_protobuf_duration,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers
].map(({ proto }) => proto)

const makeFiles = (): ReadonlyArray<FileDescriptorProto> => {
  const messages = [...reachable()]
  const describe = (isStatus: boolean) =>
    messages.filter((message) => ofStatus.has(message) === isStatus).map(describeMessage)
  return [
    create(FileDescriptorProtoSchema, {
      name: "clarifai/api/service.proto",
      package: mainPackage,
      syntax: "proto3",
      dependency: [statusFile, ...google.map(({ name }) => name)],
      messageType: describe(false),
      service: [
        {
          name: serviceName.slice(mainPackage.length + 1),
          method: methods.map(({ name, request, requestStream, response, responseStream }) => ({
            name,
            inputType: nameOf(request),
            outputType: nameOf(response),
            clientStreaming: requestStream,
            serverStreaming: responseStream
          }))
        }
      ]
    }),
    create(FileDescriptorProtoSchema, {
      name: statusFile,
      package: statusPackage,
      syntax: "proto3",
      messageType: describe(true)
    }),
    create(FileDescriptorProtoSchema, {
      name: "grpc/health/v1/health.proto",
      package: "grpc.health.v1",
      syntax: "proto3",
      messageType: [
        { name: "HealthCheckRequest", field: [field("service", Type.STRING)] },
        {
          name: "HealthCheckResponse",
          field: [{ ...field("status", Type.ENUM), typeName: ".grpc.health.v1.HealthCheckResponse.ServingStatus" }],
          enumType: [
            {
              name: "ServingStatus",
              value: ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"].map((name, number) => ({ name, number }))
            }
          ]
        }
      ],
      service: [
        {
          name: "Health",
          method: [false, true].map((serverStreaming) => ({
            name: serverStreaming ? "Watch" : "Check",
            inputType: ".grpc.health.v1.HealthCheckRequest",
            outputType: ".grpc.health.v1.HealthCheckResponse",
            serverStreaming
          }))
        }
      ]
    }),
    ...google
  ]
}
const field = (name: string, type: Type) => ({ name, number: 1, label: Label.OPTIONAL, type })

/** The descriptors of a server. */
export interface Descriptors {
  /** Full names of the services. */
  readonly services: ReadonlyArray<string>
  /** A file by its name, before the files that it needs; each is a FileDescriptorProto in the binary form. */
  readonly fileNamed: (name: string) => ReadonlyArray<Uint8Array> | undefined
  /** The same by the full name of a message, an enum, a service or a method. */
  readonly fileWith: (symbol: string) => ReadonlyArray<Uint8Array> | undefined
}

/** The full names of what a file defines. */
const symbolsIn = (file: FileDescriptorProto): ReadonlyArray<string> => {
  const messages = (parent: string, list: ReadonlyArray<DescriptorProto>): ReadonlyArray<string> =>
    list.flatMap(({ enumType, name, nestedType }) => {
      const full = `${parent}.${name}`
      return [full, ...enumType.map((one) => `${full}.${one.name}`), ...messages(full, nestedType)]
    })
  return [
    ...messages(file.package, file.messageType),
    ...file.enumType.map(({ name }) => `${file.package}.${name}`),
    ...file.service.flatMap(({ method, name }) => {
      const full = `${file.package}.${name}`
      return [full, ...method.map((one) => `${full}.${one.name}`)]
    })
  ]
}

/** Describes the protocol, and the services beside it. */
export const makeDescriptors = (): Descriptors => {
  const files = new Map(makeFiles().map((file) => [file.name, file]))
  const bytes = new Map([...files].map(([name, file]) => [name, toBinary(FileDescriptorProtoSchema, file)]))
  const symbols = new Map([...files].flatMap(([name, file]) => symbolsIn(file).map((symbol) => [symbol, name])))
  const fileNamed = (name: string): ReadonlyArray<Uint8Array> | undefined => {
    const file = files.get(name)
    return file && [name, ...file.dependency].flatMap((each) => bytes.get(each) ?? [])
  }
  return {
    services: [...files.values()].flatMap((file) => file.service.map(({ name }) => `${file.package}.${name}`)),
    fileNamed,
    fileWith: (symbol) => fileNamed(symbols.get(symbol) ?? "")
  }
}
