# The whole life of a custom model, and all kinds of prediction; `stub` and the messages are defined before this.
import json
import struct
import time

owner = resources_pb2.UserAppIDSet(user_id="me", app_id="python")


def picture(red, green, blue, size=8):
    pixels = bytes([blue, green, red]) * (size * size)
    head = struct.pack("<2sIHHI", b"BM", 54 + len(pixels), 0, 0, 54)
    return head + struct.pack("<IiiHHIIiiII", 40, size, size, 1, 24, 0, len(pixels), 0, 0, 0, 0) + pixels


def input_of(image, *concepts):
    return resources_pb2.Input(data=resources_pb2.Data(
        image=resources_pb2.Image(base64=image),
        concepts=[resources_pb2.Concept(id=one, value=1) for one in concepts]))


def succeeded(response):
    if response.status.code != status_code_pb2.SUCCESS:
        raise Exception(str(response.status))
    return response


def wait_for(done):
    for _ in range(600):
        if done():
            return
        time.sleep(0.1)
    raise Exception("it takes too long")


def predict_request(*images):
    return service_pb2.PostModelOutputsRequest(
        user_app_id=owner, model_id="colors", inputs=[input_of(one) for one in images])


def first_names(response):
    return [output.data.concepts[0].id for output in succeeded(response).outputs]


def report(name, value):
    print(json.dumps([name, value]), flush=True)


red, blue = picture(240, 20, 20), picture(20, 20, 240)
examples = [input_of(picture(250 - at, 10, 10), "red") if at % 2 == 0 else input_of(picture(10, 10, 250 - at), "blue")
            for at in range(6)]
succeeded(stub.PostInputs(service_pb2.PostInputsRequest(user_app_id=owner, inputs=examples), metadata=metadata))
wait_for(lambda: stub.GetInputCount(
    service_pb2.GetInputCountRequest(user_app_id=owner), metadata=metadata).counts.processed == 6)

concepts = [resources_pb2.Concept(id=one) for one in ("red", "blue")]
model = resources_pb2.Model(
    id="colors", output_info=resources_pb2.OutputInfo(data=resources_pb2.Data(concepts=concepts)))
succeeded(stub.PostModels(service_pb2.PostModelsRequest(user_app_id=owner, models=[model]), metadata=metadata))
version = succeeded(stub.PostModelVersions(
    service_pb2.PostModelVersionsRequest(user_app_id=owner, model_id="colors"), metadata=metadata)).model.model_version.id
wait_for(lambda: stub.GetModelVersion(
    service_pb2.GetModelVersionRequest(user_app_id=owner, model_id="colors", version_id=version),
    metadata=metadata).model_version.status.code == status_code_pb2.MODEL_TRAINED)

report("unary", first_names(stub.PostModelOutputs(predict_request(red, blue), metadata=metadata)))
report("server stream", [first_names(one) for one in stub.GenerateModelOutputs(predict_request(red), metadata=metadata)])
requests = (predict_request(one) for one in (red, blue, red))
report("both ways", [first_names(one) for one in stub.StreamModelOutputs(requests, metadata=metadata)])

listed = succeeded(stub.ListModels(service_pb2.ListModelsRequest(user_app_id=owner, per_page=10), metadata=metadata))
report("listed", "colors" in [one.id for one in listed.models])
succeeded(stub.DeleteModel(service_pb2.DeleteModelRequest(user_app_id=owner, model_id="colors"), metadata=metadata))
gone = stub.PostModelOutputs(predict_request(red), metadata=metadata)
report("after its end", gone.status.code)
stranger = (("authorization", "Key another"),)
report("a stranger", stub.ListModels(service_pb2.ListModelsRequest(user_app_id=owner), metadata=stranger).status.code)
try:
    stub.ListKeys(service_pb2.ListKeysRequest(), metadata=metadata)
except grpc.RpcError as error:
    report("not served", error.code().name)
