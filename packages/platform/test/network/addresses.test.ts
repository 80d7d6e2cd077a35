import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { isPublicAddress } from "../../src/network/addresses.ts"

/** Every range of IANA's special-purpose registries, multicast and reserved space, at both ends. */
const special = [
  ["0.0.0.0", "0.255.255.255"],
  ["10.0.0.0", "10.255.255.255"],
  ["100.64.0.0", "100.127.255.255"],
  ["127.0.0.0", "127.255.255.255"],
  ["169.254.0.0", "169.254.255.255"],
  ["172.16.0.0", "172.31.255.255"],
  ["192.0.0.0", "192.0.0.255"],
  ["192.0.2.0", "192.0.2.255"],
  ["192.31.196.0", "192.31.196.255"],
  ["192.52.193.0", "192.52.193.255"],
  ["192.88.99.0", "192.88.99.255"],
  ["192.168.0.0", "192.168.255.255"],
  ["192.175.48.0", "192.175.48.255"],
  ["198.18.0.0", "198.19.255.255"],
  ["198.51.100.0", "198.51.100.255"],
  ["203.0.113.0", "203.0.113.255"],
  ["224.0.0.0", "239.255.255.255"],
  ["240.0.0.0", "255.255.255.255"],
  ["::", "::1"],
  ["100::", "100::ffff:ffff:ffff:ffff"],
  ["100:0:0:1::", "100::1:ffff:ffff:ffff:ffff"],
  ["2001:1::1", "2001:1::3"],
  ["2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff"],
  ["2001:3::", "2001:3:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2001:4:112::", "2001:4:112:ffff:ffff:ffff:ffff:ffff"],
  ["2001:10::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2001:30::", "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:1ff::"],
  ["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"],
  ["3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["4000::", "fbff::"]
].flat()

/** Hosts right beside those ranges, and known public ones. */
const open = [
  "1.1.1.1",
  "8.8.8.8",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.0",
  "169.253.255.255",
  "169.255.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.0.1.0",
  "192.167.255.255",
  "198.17.255.255",
  "198.20.0.0",
  "223.255.255.255",
  "168.63.129.15",
  "168.63.129.17",
  "2001:200::",
  "2001:4860:4860::8888",
  "2606:4700:4700::1111",
  "2620:4f:8001::",
  "2a00:1450:4001::1",
  "3fff:1000::"
]

describe("an address", () => {
  it.each(special)("%s of special purpose is not public", (address) => assert.isFalse(isPublicAddress(address)))
  it.each(open)("%s of the public internet is public", (address) => assert.isTrue(isPublicAddress(address)))
  it.each(["168.63.129.16", "161.26.0.10", "166.8.0.1", "166.11.255.255", "100.100.100.200", "fd00:ec2::254"])(
    "%s of a cloud provider's own network is not public",
    (address) => assert.isFalse(isPublicAddress(address))
  )
  it.each([
    "",
    "localhost",
    "example.com",
    "8.8.8",
    "8.8.8.8.8",
    "08.8.8.8",
    "8.8.8.256",
    "0x8.8.8.8",
    "134744072",
    " 8.8.8.8",
    "2606:4700",
    "2606:4700:::1111",
    "2606::4700::1",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::8",
    "[2606:4700::1111]",
    "2606:4700::11111",
    "2606:4700::8.8.8"
  ])("%j that is not one is not public", (address) => assert.isFalse(isPublicAddress(address)))
})

const hex = (value: number) => value.toString(16)

describe("an IPv6 address that embeds an IPv4 address", () => {
  const forms: Readonly<Record<string, (a: number, b: number, c: number, d: number) => string>> = {
    "IPv4-mapped": (a, b, c, d) => `::ffff:${a}.${b}.${c}.${d}`,
    "IPv4-mapped, in hexadecimal": (a, b, c, d) => `::ffff:${hex(a * 256 + b)}:${hex(c * 256 + d)}`,
    "IPv4-compatible": (a, b, c, d) => `::${a}.${b}.${c}.${d}`,
    NAT64: (a, b, c, d) => `64:ff9b::${a}.${b}.${c}.${d}`,
    "local NAT64 with /96": (a, b, c, d) => `64:ff9b:1::${a}.${b}.${c}.${d}`,
    "local NAT64 with /64": (a, b, c, d) => `64:ff9b:1:0:${hex(a)}:${hex(b * 256 + c)}:${hex(d * 256)}:0`,
    "local NAT64 with /48": (a, b, c, d) => `64:ff9b:1:${hex(a * 256 + b)}:${hex(c)}:${hex(d * 256)}::`,
    "6to4": (a, b, c, d) => `2002:${hex(a * 256 + b)}:${hex(c * 256 + d)}::1`,
    "Teredo, the server": (a, b, c, d) => `2001:0:${hex(a * 256 + b)}:${hex(c * 256 + d)}:8000:1:f7f7:f7f7`,
    "Teredo, the client": (a, b, c, d) =>
      `2001:0:808:808:8000:1:${hex(0xffff - (a * 256 + b))}:${hex(0xffff - (c * 256 + d))}`,
    ISATAP: (a, b, c, d) => `2606:4700::5efe:${a}.${b}.${c}.${d}`,
    "ISATAP with a unique address": (a, b, c, d) => `2606:4700::200:5efe:${a}.${b}.${c}.${d}`
  }
  it.each(Object.entries(forms))("%s is as public as what it embeds", (name, form) => {
    const byte = fc.nat(255)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 255 }), byte, byte, fc.integer({ min: 1, max: 255 }), (a, b, c, d) => {
        const embedded = isPublicAddress(`${a}.${b}.${c}.${d}`)
        // Which prefix a local gateway uses is not known: an address that could be read as a private one is not public.
        if (!/local NAT64 with \/(48|64)/.test(name)) assert.strictEqual(isPublicAddress(form(a, b, c, d)), embedded)
        else if (!embedded) assert.isFalse(isPublicAddress(form(a, b, c, d)))
      })
    )
    for (const [a, b, c, d] of [
      [127, 0, 0, 1],
      [10, 0, 0, 1],
      [169, 254, 169, 254],
      [168, 63, 129, 16]
    ] as const)
      assert.isFalse(isPublicAddress(form(a, b, c, d)))
    assert.isTrue(isPublicAddress(form(8, 8, 8, 8)))
  })

  it("is not public if a local NAT64 gateway could read a private address from it", () => {
    assert.isFalse(isPublicAddress("64:ff9b:1:a00:0:100::8.8.8.8"))
    assert.isFalse(isPublicAddress("64:ff9b:1::"))
  })

  it("keeps its judgement with a zone", () => {
    assert.isFalse(isPublicAddress("fe80::1%eth0"))
    assert.isFalse(isPublicAddress("::ffff:127.0.0.1%1"))
  })
})
