import { defineConfig } from "vitest/config"

/** Suites that leave nothing behind, so that they can share a worker and the modules that it loaded. */
const shared = [
  "test/{learning,onnx,protocol,tfjs}/*.test.ts",
  "test/encoders/{custom-encoder,encoders}.test.ts",
  "test/handlers/{load,metadata-match,model-lifecycle,routes}.test.ts",
  "test/added-models/{convert-staged,how-to-add}.test.ts",
  "test/http/{hide-paths,legacy-client,requests,sdk,serve}.test.ts",
  "test/models/pretrained/{image-models,inspect-model,model-params,multimodal,pretrained}.test.ts",
  "test/models/pretrained/{audio,tasks}/*.test.ts",
  "test/store/{damaged-index,privacy,url-downloads}.test.ts",
  "test/vision/{features,jpeg-header,matrix/matrix}.test.ts"
]

export default defineConfig({
  test: {
    setupFiles: ["../platform/test/stay-here.ts"],
    testTimeout: 60_000,
    projects: [
      { extends: true, test: { name: "shared", include: shared, isolate: false } },
      { extends: true, test: { name: "apart", include: ["test/**/*.test.ts"], exclude: shared } }
    ]
  }
})
