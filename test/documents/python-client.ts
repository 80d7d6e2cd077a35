/** The Python gRPC client of the samples: messages and stub made at run time from the definition in the npm package. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

const python = "/usr/bin/python3" // Debian's, which has the modules of its packages
let found: boolean | undefined

/** Whether python3-grpcio, python3-protobuf, protobuf-compiler and libprotobuf-dev are installed; says so once where they are not. */
export const hasPython = (): boolean => {
  if (found !== undefined) return found
  found =
    spawnSync(python, ["-c", "import grpc, google.protobuf"]).status === 0 &&
    spawnSync("protoc", ["--version"]).status === 0 &&
    existsSync("/usr/include/google/protobuf/timestamp.proto")
  if (!found)
    console.warn(
      "skipped: Python over gRPC (install python3-grpcio, python3-protobuf, protobuf-compiler and libprotobuf-dev)"
    )
  return found
}

let folder: string | undefined

/** The definition as descriptors in one file. */
const descriptors = (): string => {
  const file = join((folder ??= mkdtempSync(join(tmpdir(), "descriptors-"))), "all.bin")
  const entry = createRequire(import.meta.url).resolve("clarifai-nodejs-grpc")
  const root = dirname(dirname(entry))
  // google/api is in protobufjs, which the client brings; google/protobuf in libprotobuf-dev.
  const others = dirname(createRequire(entry).resolve("protobufjs/package.json"))
  const service = join(root, "proto/clarifai/api/service.proto")
  const options = ["-I", root, "-I", others, `--descriptor_set_out=${file}`, "--include_imports"]
  const made = spawnSync("protoc", [...options, service])
  if (made.status !== 0) throw new Error(`protoc: ${made.stderr.toString()}`)
  return file
}

let descriptorFile: string | undefined

/** Removes what {@link pythonPrelude} made. */
export const removeDescriptors = (): void => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  folder = descriptorFile = undefined
}

/** Python code that defines `stub`, `metadata`, `service_pb2`, `resources_pb2` and `status_code_pb2`. */
export const pythonPrelude = ({ grpcAddress, key }: { readonly grpcAddress: string; readonly key: string }): string => `
import types
import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_files = descriptor_pb2.FileDescriptorSet()
with open(${JSON.stringify((descriptorFile ??= descriptors()))}, "rb") as _file:
    _files.ParseFromString(_file.read())
_pool = descriptor_pool.DescriptorPool()
for _one in _files.file:
    _pool.Add(_one)

def _class_of(descriptor):
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(_pool).GetPrototype(descriptor)

def _module_of(path):
    described = _pool.FindFileByName(path)
    module = types.SimpleNamespace()
    for name, message in described.message_types_by_name.items():
        setattr(module, name, _class_of(message))
    for enum in described.enum_types_by_name.values():
        for value in enum.values:
            setattr(module, value.name, value.number)
    return module

service_pb2 = _module_of("proto/clarifai/api/service.proto")
resources_pb2 = _module_of("proto/clarifai/api/resources.proto")
status_code_pb2 = _module_of("proto/clarifai/api/status/status_code.proto")

class V2Stub:
    def __init__(self, channel):
        service = _pool.FindServiceByName("clarifai.api.V2")
        for method in service.methods:
            described = descriptor_pb2.MethodDescriptorProto()
            method.CopyToProto(described)
            kinds = {(False, False): channel.unary_unary, (False, True): channel.unary_stream,
                     (True, False): channel.stream_unary, (True, True): channel.stream_stream}
            call = kinds[(described.client_streaming, described.server_streaming)]
            setattr(self, method.name, call(
                "/clarifai.api.V2/" + method.name,
                request_serializer=_class_of(method.input_type).SerializeToString,
                response_deserializer=_class_of(method.output_type).FromString))

stub = V2Stub(grpc.insecure_channel(${JSON.stringify(grpcAddress)}))
metadata = (("authorization", ${JSON.stringify(`Key ${key}`)}),)
`
