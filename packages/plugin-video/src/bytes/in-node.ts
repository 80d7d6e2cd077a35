/** True where files, processes and sockets exist: Node and runtimes compatible with it. */
export const inNode = typeof process !== "undefined" && process.versions?.node !== undefined
