/** URLs with a signature or key in them. They give access to every reader, so they are not stored as they are. */
import { createHash } from "node:crypto"

/**
 * Query parameters that grant access, by name.
 *
 * Source: the signed URLs of AWS S3 and CloudFront, Google Cloud Storage, Azure Storage (`sig` and its companions), Alibaba
 * OSS, Tencent COS, Akamai and Facebook's CDN; then common names of tokens and keys.
 */
const secretNames =
  /^(x-(amz|goog|oss|obs|ms|cos)-.*|awsaccesskeyid|googleaccessid|ossaccesskeyid|accesskeyid|signature|sig|q-(sign|ak|signature|key|header|url).*|key-pair-id|hdn(ea|ts)|__gda__|__token__|oh|oe|token|.*[-_]token|auth|auth[-_]?key|authorization|credentials?|jwt|hmac|api[-_]?key|secret|.*[-_]secret|password|passwd|pwd)$/i

/** Names that are also used for other purposes: their values grant access if they look random. */
const ambiguousNames = /^(key|code|sign|policy|session|session[-_]?id|sid|hash|expires)$/i
const randomValue = /^[\w+=~-]{16,}$/

/** Parameters that belong to a signature of Azure, which `sig` makes valid. */
const azureNames = /^(sv|ss|srt|sp|se|st|spr|sr|si|sip|skoid|sktid|skt|ske|sks|skv)$/i

const secretNamesOf = (url: URL): ReadonlyArray<string> => {
  const names = [...new Set(url.searchParams.keys())]
  const isAzure = names.some((name) => name.toLowerCase() === "sig")
  const isRandom = (name: string) => url.searchParams.getAll(name).some((value) => randomValue.test(value))
  return names.filter(
    (name) =>
      secretNames.test(name) || (isAzure && azureNames.test(name)) || (ambiguousNames.test(name) && isRandom(name))
  )
}

/** True if a URL's query or fragment grants access. Text that is not a URL is not signed. */
export const isSignedUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return url.username !== "" || url.password !== "" || secretNamesOf(url).length > 0
}

/** The URL without what grants access: parameters that sign it, its user and its password. Other URLs stay as they are. */
export const withoutSignature = (text: string): string => {
  if (!isSignedUrl(text)) return text
  const url = new URL(text)
  for (const name of secretNamesOf(url)) url.searchParams.delete(name)
  url.username = ""
  url.password = ""
  url.hash = ""
  return url.href
}

/** Identifies a URL as it was given, signature included, without being of use to a reader. */
export const urlKey = (text: string): string => createHash("sha256").update(text).digest("hex")
