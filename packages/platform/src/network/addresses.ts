/**
 * Folder `network`: SSRF-safe requests and bounded bodies. This file: which IP addresses are hosts of the public internet.
 * Pure: no lookups, no `node:` modules.
 */

/**
 * IPv4 networks that are not hosts of the public internet.
 *
 * Source: IANA IPv4 Special-Purpose Address Registry, and RFC 5771 for multicast. The last ones are addresses inside a
 * cloud provider's network that look public: Azure's WireServer, and IBM Cloud's service network.
 */
const specialIPv4: ReadonlyArray<readonly [network: string, prefix: number]> = [
  ["0.0.0.0", 8], // this network
  ["10.0.0.0", 8], // private use
  ["100.64.0.0", 10], // shared address space
  ["127.0.0.0", 8], // loopback
  ["169.254.0.0", 16], // link local
  ["172.16.0.0", 12], // private use
  ["192.0.0.0", 24], // IETF protocol assignments
  ["192.0.2.0", 24], // documentation
  ["192.31.196.0", 24], // AS112
  ["192.52.193.0", 24], // AMT
  ["192.88.99.0", 24], // 6to4 relay anycast
  ["192.168.0.0", 16], // private use
  ["192.175.48.0", 24], // AS112
  ["198.18.0.0", 15], // benchmarking
  ["198.51.100.0", 24], // documentation
  ["203.0.113.0", 24], // documentation
  ["224.0.0.0", 4], // multicast
  ["240.0.0.0", 4], // reserved, and limited broadcast
  ["168.63.129.16", 32], // Azure
  ["161.26.0.0", 16], // IBM Cloud
  ["166.8.0.0", 14] // IBM Cloud
]

/**
 * Parts of 2000::/3 (global unicast) that are not hosts of the public internet. Everything outside of 2000::/3 is not
 * public either, except for forms that embed an IPv4 address.
 *
 * Source: IANA IPv6 Special-Purpose Address Registry.
 */
const specialIPv6: ReadonlyArray<readonly [network: string, prefix: number]> = [
  ["2001::", 23], // IETF protocol assignments: benchmarking, AMT, AS112, ORCHID, DRIP
  ["2001:db8::", 32], // documentation
  ["2620:4f:8000::", 48], // AS112
  ["3fff::", 20] // documentation
]

/** The IPv4 address as an unsigned 32-bit number. Only four decimal parts without leading zeros are read. */
const parseIPv4 = (text: string): number | undefined => {
  const parts = text.split(".")
  if (parts.length !== 4) return undefined
  let value = 0
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined
    value = value * 256 + Number(part)
  }
  return value
}

/** The IPv6 address as eight numbers of 16 bits, without its zone. */
const parseIPv6 = (text: string): ReadonlyArray<number> | undefined => {
  let plain = text
  const lastColon = text.lastIndexOf(":")
  if (text.includes(".")) {
    const embedded = parseIPv4(text.slice(lastColon + 1))
    if (embedded === undefined) return undefined
    plain = `${text.slice(0, lastColon + 1)}${(embedded >>> 16).toString(16)}:${(embedded & 0xffff).toString(16)}`
  }
  const halves = plain.split("::")
  if (halves.length > 2) return undefined
  const [before = [], after] = halves.map((half) => (half === "" ? [] : half.split(":")))
  const given = [...before, ...(after ?? [])]
  if (!given.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined
  if (after === undefined ? given.length !== 8 : given.length > 7) return undefined
  const zeros = Array.from({ length: 8 - given.length }, () => "0")
  return [...before, ...zeros, ...(after ?? [])].map((group) => Number.parseInt(group, 16))
}

const isWithin = (groups: ReadonlyArray<number>, network: ReadonlyArray<number>, prefix: number): boolean => {
  for (let group = 0, left = prefix; left > 0; group++, left -= 16) {
    const ignored = Math.max(0, 16 - left)
    if ((groups[group] ?? 0) >>> ignored !== (network[group] ?? 0) >>> ignored) return false
  }
  return true
}

const networks4 = specialIPv4.map(([network, prefix]) => [parseIPv4(network) ?? 0, prefix] as const)
const networks6 = specialIPv6.map(([network, prefix]) => [parseIPv6(network) ?? [], prefix] as const)

const isPublicIPv4 = (value: number): boolean =>
  !networks4.some(([network, prefix]) => value >>> (32 - prefix) === network >>> (32 - prefix))

/** 32 bits of an IPv6 address, from a byte. `skipping` leaves out byte 8, which RFC 6052 keeps zero. */
const ipv4At = (groups: ReadonlyArray<number>, firstByte: number, skipping = false): number => {
  let value = 0
  for (let taken = 0, byte = firstByte; taken < 4; byte++) {
    if (skipping && byte === 8) continue
    const group = groups[byte >> 1] ?? 0
    value = value * 256 + (byte % 2 === 0 ? group >> 8 : group & 255)
    taken++
  }
  return value
}

/**
 * True if a local NAT64 gateway could only translate the address to public ones. Which prefix length it uses within
 * 64:ff9b:1::/48 is its own choice (RFC 8215), so each is tried. A reading within 0.0.0.0/8 is none: no gateway sends there.
 */
const isPublicLocalNat64 = (groups: ReadonlyArray<number>): boolean => {
  const readings = [6, 7, 8, 12].map((byte) => ipv4At(groups, byte, byte < 12)).filter((value) => value >>> 24 !== 0)
  return readings.length > 0 && readings.every(isPublicIPv4)
}

/** Address forms that embed IPv4 addresses. Such an address is public if everything that it embeds is. */
const embeddings: ReadonlyArray<
  readonly [network: string, prefix: number, isPublic: (groups: ReadonlyArray<number>) => boolean]
> = [
  ["::ffff:0:0", 96, (groups) => isPublicIPv4(ipv4At(groups, 12))], // IPv4-mapped, RFC 4291
  ["::", 96, (groups) => isPublicIPv4(ipv4At(groups, 12))], // IPv4-compatible, RFC 4291; :: and ::1 are 0.0.0.x
  ["64:ff9b::", 96, (groups) => isPublicIPv4(ipv4At(groups, 12))], // NAT64, RFC 6052
  ["64:ff9b:1::", 48, isPublicLocalNat64], // local NAT64, RFC 8215
  ["2002::", 16, (groups) => isPublicIPv4(ipv4At(groups, 2))], // 6to4, RFC 3056
  // Teredo, RFC 4380: a server, and a client with all bits inverted.
  ["2001::", 32, (groups) => isPublicIPv4(ipv4At(groups, 4)) && isPublicIPv4(~ipv4At(groups, 12) >>> 0)]
]
const embedding6 = embeddings.map(
  ([network, prefix, isPublic]) => [parseIPv6(network) ?? [], prefix, isPublic] as const
)

/** ISATAP (RFC 5214): any prefix, then 0:5efe or 200:5efe and the IPv4 address of a host behind the router. */
const isIsatap = (groups: ReadonlyArray<number>): boolean => ((groups[4] ?? 0) & ~0x200) === 0 && groups[5] === 0x5efe

const isPublicIPv6 = (groups: ReadonlyArray<number>): boolean => {
  const embedded = embedding6.find(([network, prefix]) => isWithin(groups, network, prefix))
  if (embedded !== undefined) return embedded[2](groups)
  if ((groups[0] ?? 0) >>> 13 !== 1) return false // outside of 2000::/3
  if (networks6.some(([network, prefix]) => isWithin(groups, network, prefix))) return false
  return !isIsatap(groups) || isPublicIPv4(ipv4At(groups, 12))
}

/**
 * True if an IP address is a host of the public internet: not private, local, reserved, multicast or otherwise of special
 * purpose, and not an IPv6 form (mapped, NAT64, 6to4, Teredo, ISATAP) of such an IPv4 address. Any other text is not public.
 *
 * @example isPublicAddress("169.254.169.254") // => false
 * @example isPublicAddress("64:ff9b::8.8.8.8") // => true
 */
export const isPublicAddress = (address: string): boolean => {
  const [bare = ""] = address.split("%")
  const ipv4 = parseIPv4(bare)
  if (ipv4 !== undefined) return isPublicIPv4(ipv4)
  const ipv6 = bare.includes(":") ? parseIPv6(bare) : undefined
  return ipv6 !== undefined && isPublicIPv6(ipv6)
}
