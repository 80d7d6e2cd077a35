/** The modules that are generated, by their paths from the root. */
import { decodedFormModule } from "./decoded-form.ts"
import { packedStatusModule, statusCodesModule } from "./status-codes.ts"

export const generatedModules: Readonly<Record<string, () => string>> = {
  "packages/core/src/wire/codec/decoded-form.ts": decodedFormModule,
  "packages/core/src/wire/messages/packed-statuses.ts": packedStatusModule,
  "packages/core/src/wire/messages/status-codes.ts": statusCodesModule
}
