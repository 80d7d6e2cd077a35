import { assert, describe, it } from "@effect/vitest"
import { nodeVersionProblem } from "../../src/errors/require-node.ts"

const node = (version: string, more = {}) => ({ release: { name: "node" }, versions: { node: version, ...more } })

describe("the version of Node", () => {
  it.each(["18.20.8", "20.20.2", "22.18.0", "21.7.3"])("%s is refused with the version that is needed", (version) => {
    assert.strictEqual(
      nodeVersionProblem(node(version), ""),
      `Sightline needs Node 22.19 or newer, and this is Node ${version}`
    )
  })
  it.each(["22.19.0", "23.0.0", "24.21.0", "26.10.0"])("%s is accepted", (version) => {
    assert.isUndefined(nodeVersionProblem(node(version), "Node.js/24"))
  })
  it("is not looked at in other runtimes, which imitate some version", () => {
    assert.isUndefined(nodeVersionProblem(undefined, "Mozilla/5.0"))
    assert.isUndefined(nodeVersionProblem({}, ""))
    assert.isUndefined(nodeVersionProblem(node("20.0.0", { bun: "1.4.5" }), "Bun/1.4.5"))
    assert.isUndefined(nodeVersionProblem(node("20.0.0", { deno: "2.9.6" }), "Deno/2.9.6"))
    assert.isUndefined(nodeVersionProblem(node("20.0.0"), "Cloudflare-Workers"))
    assert.isUndefined(nodeVersionProblem({ release: { name: "browser" }, versions: { node: "16.0.0" } }, ""))
  })
})
