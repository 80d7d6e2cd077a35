/** The parts of the npm package `clarifai` 2.9.1 that the test uses; it ships no types. */
declare module "clarifai" {
  interface Status {
    readonly code: number
  }
  interface Version {
    readonly id: string
    readonly status: Status
    readonly metrics?: { readonly status: Status }
  }
  interface Model {
    readonly id: string
    readonly name: string
    readonly versionId: string
    readonly modelVersion: Version
    readonly outputInfo: { readonly data?: { readonly concepts: ReadonlyArray<{ readonly id: string }> } }
    readonly train: (sync?: boolean) => Promise<Model>
    readonly getOutputInfo: () => Promise<Model>
    readonly getVersions: () => Promise<{ readonly model_versions: ReadonlyArray<Version> }>
    readonly getVersion: (id: string) => Promise<{ readonly model_version: Version }>
    readonly getInputs: () => Promise<{ readonly inputs: ReadonlyArray<{ readonly id: string }> }>
    readonly mergeConcepts: (concepts: ReadonlyArray<{ readonly id: string }>) => Promise<Model>
    readonly deleteConcepts: (concepts: ReadonlyArray<{ readonly id: string }>) => Promise<Model>
    readonly runModelEval: () => Promise<Version>
  }
  interface Input {
    readonly id: string
    readonly imageUrl: string
    readonly concepts: ArrayLike<{ readonly id: string; readonly value: number }>
    readonly metadata?: object
    readonly rawData: { readonly status: Status }
  }
  interface Outputs {
    readonly status: Status
    readonly outputs: ReadonlyArray<{
      readonly status: Status
      readonly data: { readonly concepts: ReadonlyArray<{ readonly id: string; readonly value: number }> }
    }>
  }
  interface NewInput {
    readonly id?: string
    readonly base64?: string
    readonly url?: string
    readonly concepts?: ReadonlyArray<{ readonly id: string; readonly value: boolean }>
    readonly metadata?: object
  }
  export class App {
    constructor(options: { readonly apiKey: string; readonly apiEndpoint: string })
    readonly inputs: {
      readonly create: (inputs: ReadonlyArray<NewInput>) => Promise<ArrayLike<Input>>
      readonly list: () => Promise<ArrayLike<Input>>
      readonly get: (id: string) => Promise<Input>
      readonly update: (inputs: object) => Promise<ArrayLike<Input>>
      readonly mergeConcepts: (inputs: ReadonlyArray<NewInput>) => Promise<ArrayLike<Input>>
      readonly deleteConcepts: (inputs: ReadonlyArray<NewInput>) => Promise<ArrayLike<Input>>
      readonly search: (query: object) => Promise<{
        readonly hits: ReadonlyArray<{ readonly score: number; readonly input: { readonly id: string } }>
      }>
      readonly getStatus: () => Promise<{ readonly counts: { readonly processed: number } }>
      readonly delete: (ids?: string | ReadonlyArray<string>) => Promise<{ readonly data: { readonly status: Status } }>
    }
    readonly concepts: {
      readonly list: () => Promise<ArrayLike<{ readonly id: string }>>
      readonly get: (id: string) => Promise<{ readonly id: string; readonly name: string }>
      readonly create: (
        concepts: ReadonlyArray<{ readonly id: string; readonly name: string }>
      ) => Promise<ArrayLike<{ readonly id: string }>>
      readonly search: (name: string) => Promise<ArrayLike<{ readonly id: string }>>
      readonly update: (
        concepts: ReadonlyArray<{ readonly id: string; readonly name: string }>
      ) => Promise<ArrayLike<{ readonly name: string }>>
    }
    readonly models: {
      readonly create: (
        id: string,
        concepts: ReadonlyArray<{ readonly id: string }>,
        options?: object
      ) => Promise<Model>
      readonly list: () => Promise<ArrayLike<Model>>
      readonly get: (id: string) => Promise<Model>
      readonly search: (name: string, type?: string) => Promise<ArrayLike<Model>>
      readonly update: (models: object) => Promise<ArrayLike<Model>>
      readonly train: (model: string | { readonly id: string }) => Promise<Model>
      readonly predict: (
        model: string | { readonly id: string; readonly version?: string },
        inputs: unknown,
        config?: object
      ) => Promise<Outputs>
      readonly delete: (id?: string | ReadonlyArray<string>, version?: string) => Promise<{ readonly status: Status }>
    }
  }
  const clarifai: { readonly App: typeof App }
  export default clarifai
}
