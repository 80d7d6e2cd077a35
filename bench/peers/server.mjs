// The gRPC half of the loopback service: the same answers, prepared as bytes.
import grpc from "@grpc/grpc-js"
import resources from "clarifai-nodejs-grpc/proto/clarifai/api/resources_pb"
import service from "clarifai-nodejs-grpc/proto/clarifai/api/service_pb"
import statusCodePb from "clarifai-nodejs-grpc/proto/clarifai/api/status/status_code_pb"
import statusPb from "clarifai-nodejs-grpc/proto/clarifai/api/status/status_pb"

const varint = (bytes, at) => {
  let [value, shift] = [0, 0]
  for (;;) {
    const byte = bytes[at++]
    value += (byte & 127) * 2 ** shift
    if (byte < 128) return [value, at]
    shift += 7
  }
}

/** How often the repeated field `inputs` (number 4) stands in a request, without decoding what it holds. */
const inputsIn = (bytes) => {
  let [at, count] = [0, 0]
  while (at < bytes.length) {
    const [tag, afterTag] = varint(bytes, at)
    const [value, afterValue] = varint(bytes, afterTag)
    if (tag >> 3 === 4) count += 1
    at = (tag & 7) === 2 ? afterValue + value : afterValue
  }
  return { count } // an object: grpc-js takes a falsy message for none
}

const ok = () =>
  new statusPb.Status().setCode(statusCodePb.StatusCode.SUCCESS).setDescription("Ok").setReqId("0123456789abcdef")
const output = (i) => {
  const concepts = Array.from({ length: 20 }, (_, j) =>
    new resources.Concept()
      .setId(`concept_${j}`)
      .setName(`concept number ${j}`)
      .setValue(1 - j / 21)
      .setAppId("main")
  )
  const image = new resources.Image().setUrl(`https://example.invalid/${i}.jpg`)
  return new resources.Output()
    .setId(`output-${i}`)
    .setStatus(ok())
    .setModel(new resources.Model().setId("general").setName("general").setAppId("main").setUserId("bench"))
    .setInput(new resources.Input().setId(`input-${i}`).setData(new resources.Data().setImage(image)))
    .setData(new resources.Data().setConceptsList(concepts))
}
const prepared = new Map()
const answerFor = (count) => {
  const known = prepared.get(count)
  if (known) return known
  const message = new service.MultiOutputResponse()
    .setStatus(ok())
    .setOutputsList(Array.from({ length: count }, (_, i) => output(i)))
  const made = Buffer.from(message.serializeBinary())
  prepared.set(count, made)
  return made
}

const same = (bytes) => bytes
const definition = {
  postModelOutputs: {
    path: "/clarifai.api.V2/PostModelOutputs",
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: inputsIn,
    responseSerialize: same,
    responseDeserialize: same
  }
}
const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 }
const server = new grpc.Server(unlimited)
server.addService(definition, { postModelOutputs: ({ request }, done) => done(null, answerFor(request.count)) })
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (cause, port) => {
  if (cause) throw cause
  console.log(`127.0.0.1:${port}`)
})
process.stdin.resume().on("end", () => process.exit(0))
