/** Which network addresses are public. Anything special-purpose is not: it may be somebody's router or metadata service. */
import { BlockList, isIP } from "node:net"

/** Source: IANA's registries of special-purpose IPv4 and IPv6 addresses (2026). */
const special: ReadonlyArray<readonly [string, number]> = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4]
]

const blocked = new BlockList()
for (const [network, prefix] of special) blocked.addSubnet(network, prefix, "ipv4")

/** Only 2000::/3 is handed out as global unicast; these parts of it are not hosts of the public network. */
const global6 = new BlockList()
global6.addSubnet("2000::", 3, "ipv6")
const blocked6 = new BlockList()
for (const [network, prefix] of [
  ["2001::", 23], // protocol assignments, Teredo among them: it carries an IPv4 address
  ["2001:db8::", 32],
  ["2002::", 16], // 6to4 carries an IPv4 address
  ["3fff::", 20]
] as const)
  blocked6.addSubnet(network, prefix, "ipv6")

/** True when the address belongs to a host of the public network. Text that is no address is not public. */
export const isPublicAddress = (address: string): boolean => {
  const [bare = ""] = address.split("%")
  const version = isIP(bare)
  if (version === 4) return !blocked.check(bare, "ipv4")
  // Mapped addresses (::ffff:a.b.c.d) and every other form that hides an IPv4 address lie outside of 2000::/3.
  return version === 6 && global6.check(bare, "ipv6") && !blocked6.check(bare, "ipv6")
}
